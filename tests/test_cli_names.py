"""Names of recordings: every byte that a file's name may have, and those that aren't UTF-8."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from pathlib import Path

import pytest
import soundfile
from commands import asdbench
from inline import inline
from recorded import sound

LETTERS = [chr(code) for code in range(1, 128) if chr(code) != "/"]
OTHERS = ["\x85", "\xa0", "\u2028", "\u202e", "\ufeff", "é", "e\u0301", "ß", "İ", "風", "🎵"]
NOT_UTF_8 = os.fsdecode(b"normal_id_00_caf\xe9.wav")


@pytest.fixture
def every(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fan with a test clip for each letter; every fourth has a training clip too."""
    monkeypatch.chdir(tmp_path)
    for number, letter in enumerate([*LETTERS, *OTHERS]):
        kind = "anomaly" if number % 2 else "normal"
        names = [("test", f"{kind}_id_00_{number:04d}_{letter}_.wav")]
        names += [] if number % 4 else [("train", f"normal_id_00_{number:04d}_{letter}_.wav")]
        for split, name in names:
            folder = tmp_path / "music" / "fan" / split
            folder.mkdir(parents=True, exist_ok=True)
            wave = sound("fan", "00", kind == "anomaly", 2 * number + (split == "test"), 4000)
            soundfile.write(tmp_path / "new.wav", wave, 16000, subtype="PCM_16")
            (tmp_path / "new.wav").rename(folder / name)
    return tmp_path / "music"


def test_every_letter_is_scored_and_read_back(
    every: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asdbench("data", "describe", every) == 0
    assert "would stop" not in capsys.readouterr().out
    with inline():
        assert asdbench("run", "small", "--data", every, "--methods", "knn", "--out", "o") == 0
    names = {path.name for path in (every / "fan" / "test").iterdir()}
    assert len(names) == len(LETTERS) + len(OTHERS)
    for table in Path("o").glob("cells/*/scores.csv"):
        with open(table, newline="", encoding="utf-8") as file:
            assert {line["clip"] for line in csv.DictReader(file)} == names


@pytest.mark.parametrize("place", ["fan/train", "fan/caf\udce9"])
def test_a_name_that_isnt_utf8_is_refused_by_name(
    place: str, wav_tree: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tree = wav_tree()
    if place == "fan/train":
        whole = tree / "dev_data" / place / "normal_id_00_00000000.wav"
        whole.rename(whole.with_name(NOT_UTF_8))
    else:
        tree = tree.rename(tmp_path / "caf\udce9")
    for words in (("run", "--data", tree), ("run", "--data", tree, "--dry-run")):
        assert asdbench(*words, "--out", tmp_path / "o") == 2
        assert "isn't UTF-8; rename the file or folder" in capsys.readouterr().err
    described = asdbench("data", "describe", tree)
    said = "".join(capsys.readouterr())
    assert "isn't UTF-8; rename the file or folder" in said
    assert described == (0 if place == "fan/train" else 2)
    assert not (tmp_path / "o").exists()
