"""Import torchaudio also where its compiled extension can't be loaded.

torchaudio from the package index links its optional extension against CUDA builds of PyTorch;
beside a CPU build, ``import torchaudio`` ends with an OSError although all that asdbench uses is
pure Python. torchaudio runs without the extension when it finds no such file, so a failed import is
tried once more with those files out of sight. This is the only place that knows.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock


def import_torchaudio() -> ModuleType:
    """The torchaudio module, with its extension where that loads and without it elsewhere."""
    try:
        import torchaudio
    except OSError:
        for name in [name for name in [*sys.modules] if name.split(".")[0] == "torchaudio"]:
            del sys.modules[name]
        with mock.patch.object(Path, "glob", _glob_without_extension):
            import torchaudio
    module: ModuleType = torchaudio
    return module


def kaldi() -> ModuleType:
    """``torchaudio.compliance.kaldi``: the mel spectrograms that general encoders hear."""
    import_torchaudio()
    import torchaudio.compliance.kaldi

    module: ModuleType = torchaudio.compliance.kaldi
    return module


_glob = Path.glob


def _glob_without_extension(self: Path, *arguments: Any, **options: Any) -> Iterator[Path]:
    if self.parts[-2:] == ("torchaudio", "lib"):
        return iter(())
    return iter(_glob(self, *arguments, **options))
