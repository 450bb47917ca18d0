"""Names that something on their way could take for its own syntax."""

from __future__ import annotations

from pathlib import Path

import soundfile
from recorded import recordings

# Of machine types and folders: every one a file's name, for a folder is what they are read from.
MACHINES = (
    "pump (north)",
    "pump [north]",
    "press#3 100 %",
    'o\'brien "?" & <b>',
    "=1+2;`x`\\$\\frac${x}~!@^*,|",
    "Pümpe 泵\n\t\x1b[31m",
)


def hostile_tree(root: Path, machines: tuple[str, ...] = MACHINES) -> Path:
    """A folder of recordings of these machine types."""
    for clip, source, *_ in recordings(machines, train=2, test=1):
        path = root / clip.machine / clip.split / str(clip.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, *source.read(), subtype="PCM_16")
    return root
