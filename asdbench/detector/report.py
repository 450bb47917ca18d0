"""A page of the most anomalous recordings: picture and sound of each, beside a normal one's."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from asdbench.config.files import write
from asdbench.data.decode import Samples
from asdbench.data.encoded import encoded
from asdbench.detector.detector import Detector
from asdbench.detector.explain import Explanation, explain_file
from asdbench.detector.scoring import FileScore
from asdbench.pages import environment, inlined

TEMPLATES = Path(__file__).parent / "templates"
STYLES = ("theme.css", "page.css", "charts.css", "report.css", "print.css")
BEGIN = '"use strict";\nconst root = document.documentElement;'


def write_report(
    detector: Detector, worst: Sequence[FileScore], path: Path, said: Sequence[str] = ()
) -> Path:
    """Write the page of these recordings, in this order: one file that needs no network.

    ``said`` are lines above them: what came of all files.

    Raises ``ValueError`` where one of them can't be read any more, or the page can't be written.
    """
    clips = []
    for one in worst:
        assert one.scored is not None
        found = explain_file(detector, one.file, machine=one.scored.machine, id=one.scored.id)
        clips.append(_clip(found, one))
    text = (
        environment(TEMPLATES)
        .get_template("report.html")
        .render(
            about=detector.about,
            folder=detector.folder.name,
            clips=clips,
            said=said,
            style=inlined(TEMPLATES, STYLES),
            script=inlined(TEMPLATES, ("dom.js", "theme.js"), before=BEGIN, after="wireTheme();"),
        )
    )
    try:
        return write(path, text)
    except OSError as error:
        raise ValueError(f"cannot write {path}: {error.strerror}; give another path") from error


def _clip(found: Explanation, one: FileScore) -> dict[str, Any]:
    return {
        "file": str(one.file),
        "scored": found.scored,
        "picture": _picture(found),
        "sound": _sound(found.samples, found.rate),
        "normal": None if found.nearest is None else _sound(found.nearest, found.rate),
    }


def _picture(found: Explanation) -> str:
    drawn = io.BytesIO()
    found.figure().savefig(drawn, format="png", dpi=90)
    return base64.b64encode(drawn.getvalue()).decode()


def _sound(samples: Samples, rate: int) -> str:
    return base64.b64encode(encoded(samples, rate, "FLAC")).decode()
