"""What doesn't belong into a submission is named, and its size has an end."""

from __future__ import annotations

import os
from pathlib import Path

from asdbench.submission.strange import LARGEST, strange_files


def said(folder: Path) -> list[str]:
    return [f"{fault.where}: {fault.what}" for fault in strange_files(folder)]


def test_what_a_run_leaves_and_what_make_makes_is_known(field: list[Path]) -> None:
    assert [said(folder) for folder in field] == [[], [], [], []]


def test_links_pipes_and_strangers_are_named(lab: Path) -> None:
    (lab / "rows" / "way").symlink_to("/etc")
    (lab / "cells" / "passwd").symlink_to("/etc/passwd")
    (lab / "setup.py").write_text("import os")
    (lab / "source" / "run.sh").write_text("rm -rf /")
    os.mkfifo(lab / "rows" / "pipe.json")
    assert said(lab) == [
        "setup.py: is no part of a submission",
        "cells/passwd: is a link; links aren't followed",
        "rows/pipe.json: is no plain file",
        "rows/way: is a link; links aren't followed",
        "source/run.sh: is no part of a submission",
    ]
    for number in range(3):
        (lab / f"more{number}.txt").write_text("")
    assert said(lab)[5] == "files: 3 more that don't belong"


def test_too_much_is_said_with_the_limit(lab: Path) -> None:
    with open(lab / "cells" / "knn-all-r0.bin", "wb") as file:
        file.truncate(LARGEST + 1)
    assert "64 MiB of files; a submission has at most 64 MiB in 20000 files" in said(lab)[-1]
