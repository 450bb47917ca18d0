"""The page of clips: its data, and templates in the look of all pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asdbench.data.tags import Tags
from asdbench.evaluation import Board, caution
from asdbench.listening.chosen import ChosenClip, Opinion
from asdbench.pages import environment, inlined

TEMPLATES = Path(__file__).parent / "templates"
STYLES = ("theme.css", "page.css", "tables.css", "charts.css", "clips.css", "print.css")
SCRIPTS = ("dom.js", "theme.js", "shown.js", "opinions.js", "player.js", "filters.js", "keys.js")


@dataclass(frozen=True)
class PageClip:
    """A clip on the page: the names of its files, and its seconds; None where there is no sound."""

    clip: ChosenClip
    file: str | None
    seconds: float | None


def page(
    board: Board,
    clips: Sequence[PageClip],
    tags: Tags,
    *,
    each: int,
    rate: int,
    size: int,
    why_not: str,
) -> str:
    """The page as HTML; sounds and pictures, ``size`` bytes of them, lie in folders beside it.

    ``each`` says how many clips there are of a row, machine ID and label at most, ``rate`` in Hz
    what the pictures' highest frequency is, ``why_not`` why there are no sounds.
    """
    labels = list(dict.fromkeys(row.label for row in board.rows))
    style = inlined(TEMPLATES, STYLES)
    script = inlined(TEMPLATES, SCRIPTS, before='"use strict";\n{', after="start();\n}")
    text: str = (
        environment(TEMPLATES)
        .get_template("index.html")
        .render(
            benchmark=board.benchmark,
            caution=caution(board.recipe),
            labels=labels,
            each=each,
            count=len(clips),
            silent=sum(one.file is None for one in clips),
            size=size_of(size),
            why_not=why_not,
            drawn={
                "rows": labels,
                "repeats": {label: len(of.complete) for label, of in board.systems.items()},
                "subsets": board.subsets,
                "rate": rate,
                "clips": [_drawn(one, labels, tags) for one in clips],
            },
            style=style,
            script=script,
        )
    )
    return text


def size_of(size: int) -> str:
    """Bytes as people say them."""
    return f"{size / 1e6:.1f} MB" if size < 1e9 else f"{size / 1e9:.2f} GB"


def _drawn(one: PageClip, labels: Sequence[str], tags: Tags) -> dict[str, Any]:
    clip = one.clip
    of_clip = tags.get(clip.subset, {}).get(clip.machine, {}).get(clip.id, {}).get(clip.name, {})
    return {
        "subset": clip.subset,
        "machine": clip.machine,
        "id": clip.id,
        "name": clip.name,
        "anomalous": clip.anomalous,
        "tags": of_clip,
        "file": one.file,
        "seconds": one.seconds,
        "worst": [place for place, label in enumerate(labels) if label in clip.worst_of],
        "byAll": clip.by_all,
        "ordinary": clip.ordinary,
        "rows": [_said(clip.opinions, label) for label in labels],
    }


def _said(opinions: Mapping[str, Opinion], label: str) -> list[Any] | None:
    """A row's opinion to a tenth of a per cent: wrongness, percentiles, repeats that called it."""
    one = opinions.get(label)
    if one is None:
        return None
    places = [round(100 * percentile, 1) for percentile in one.percentiles]
    return [round(100 * one.wrong, 1), places, one.called]
