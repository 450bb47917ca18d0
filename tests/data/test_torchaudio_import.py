"""torchaudio is imported with its extension where that loads, and without it elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

from asdbench.data.torchaudio_import import _glob_without_extension


def run(code: str, *first_on_path: Path) -> str:
    path = os.pathsep.join([*map(str, first_on_path), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": path},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def fake(folder: Path, source: str) -> Path:
    """A package named torchaudio with an extension file in it."""
    (folder / "torchaudio" / "lib").mkdir(parents=True)
    (folder / "torchaudio" / "lib" / "_torchaudio.so").touch()
    (folder / "torchaudio" / "__init__.py").write_text(textwrap.dedent(source))
    return folder


LISTS_ITS_EXTENSION = """
    from pathlib import Path
    extensions = sorted(p.name for p in (Path(__file__).parent / "lib").glob("*.so"))
"""


def test_the_real_one_gives_the_transforms_that_the_frontend_needs() -> None:
    found = run(
        """
        import torch
        from asdbench.data.torchaudio_import import import_torchaudio
        torchaudio = import_torchaudio()
        print(torchaudio.transforms.MelSpectrogram()(torch.zeros(1, 1000)).shape)
        assert import_torchaudio() is torchaudio
        """
    )
    assert found.startswith("torch.Size([1, 128")


def test_one_that_imports_is_taken_as_it_is(tmp_path: Path) -> None:
    found = run(
        """
        import pathlib
        before = pathlib.Path.glob
        from asdbench.data.torchaudio_import import import_torchaudio
        print(import_torchaudio().extensions)
        assert pathlib.Path.glob is before
        """,
        fake(tmp_path, LISTS_ITS_EXTENSION),
    )
    assert found == "['_torchaudio.so']\n"


def test_one_whose_extension_fails_is_imported_without_it(tmp_path: Path) -> None:
    failing = LISTS_ITS_EXTENSION + (
        "\n    import torchaudio.part\n    if extensions:\n        raise OSError('libcudart.so')\n"
    )
    fake(tmp_path, failing)
    (tmp_path / "torchaudio" / "part.py").write_text("")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.so").touch()
    found = run(
        f"""
        import pathlib, sys
        before = pathlib.Path.glob
        from asdbench.data.torchaudio_import import import_torchaudio
        print(import_torchaudio().extensions)
        assert "torchaudio.part" in sys.modules
        assert pathlib.Path.glob is before
        print([p.name for p in pathlib.Path({str(tmp_path)!r}, "other").glob("*.so")])
        """,
        tmp_path,
    )
    assert found == "[]\n['a.so']\n"


def test_another_failure_is_not_hidden(tmp_path: Path) -> None:
    fake(tmp_path, "raise OSError('the disk is broken')")
    found = run(
        """
        from asdbench.data.torchaudio_import import import_torchaudio
        try:
            import_torchaudio()
        except OSError as error:
            print(error)
        """,
        tmp_path,
    )
    assert found == "the disk is broken\n"


def test_only_the_extensions_folder_is_out_of_sight(tmp_path: Path) -> None:
    for name in ("torchaudio/lib", "torchaudio", "torch/lib"):
        folder = tmp_path / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "a.so").touch()
    seen = {
        name: [path.name for path in _glob_without_extension(tmp_path / name, "*.so")]
        for name in ("torchaudio/lib", "torchaudio", "torch/lib")
    }
    assert seen == {"torchaudio/lib": [], "torchaudio": ["a.so"], "torch/lib": ["a.so"]}
