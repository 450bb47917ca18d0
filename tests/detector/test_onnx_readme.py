"""The README beside exported networks: its example runs, and its table has what was measured."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import soundfile
from exported import exportable

from asdbench.data.clips import Clips
from asdbench.detector.onnx_export import export_onnx
from asdbench.detector.onnx_readme import onnx_readme

pytest.importorskip("onnxscript", reason="the extra 'onnx' is not there")


def test_its_example_scores_a_clip_without_asdbench(tmp_path: Path, small_clips: Clips) -> None:
    made = exportable(tmp_path, small_clips.where(machine="fan"), "knn")
    (found,) = export_onnx(made)
    folder = made.folder / "onnx"
    text = (folder / "README.md").read_text()
    assert text == onnx_readme(made.about, [found])
    assert f"| fan.onnx | fan 00, fan 02 | {found.size / 1e6:.2f} |" in text
    clip = made.folder / made.about.references["fan/00"].examples[0]
    soundfile.write(folder / "clip.wav", *soundfile.read(clip, dtype="int16"))
    code = re.findall(r"```python\n(.*?)```", text, re.DOTALL)[0]
    assert "asdbench" not in code
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True
    )
    first, second = done.stdout.splitlines()
    assert re.fullmatch(r"\['fan', '00'\] \S+ False", first)
    assert second.startswith("['fan', '02']")
    assert second.endswith("True")
