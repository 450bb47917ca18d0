"""Views of MLflow's list of runs, with figures: MLflow keeps views as tags of experiments.

A view says which runs, in which order, which columns, and which charts. MLflow has a menu of them,
and an address for each. That it reads them from these tags, and what is in them, was found in the
code of MLflow 3.17's page; an older one shows its own list instead.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from asdbench.evaluation import Board, figure_of
from asdbench.tracking.names import SHORT, of_machine

TAG = "mlflow.sharedViewState."
ORDER = "asdbench.order"  # a tag of rows, as they are ranked; of the board, which is first
BOARD_FIRST = "0000"
REPEATS = "repeats by method"  # the picture in the charts
WIDTHS = {"runDateAndNestInfo": 110, "duration": 75}  # px, of MLflow's own columns
LETTER, AROUND, LEAST = 8, 34, 80  # px: of a letter in a column's head, around the word, in all
CARD = {"deleted": False, "isGenerated": False, "runsCountToCompare": 20}


@dataclass(frozen=True)
class View:
    """A view of an experiment's runs: what it shows, its key in addresses, its name in the menu.

    ``mode`` is how MLflow shows the runs: as a ``TABLE`` or with ``CHART``.
    """

    what: str
    key: str
    name: str
    mode: str
    state: Mapping[str, Any]

    @property
    def tag(self) -> tuple[str, str]:
        """The tag that MLflow reads: its key and value."""
        now = int(time.time() * 1000)
        about = {"name": self.name, "createdAt": now, "updatedAt": now}
        return f"{TAG}{self.key}", json.dumps(about | {"state": json.dumps(self.state)})

    def path(self, experiment: str) -> str:
        """What follows MLflow's address, as ``http://127.0.0.1:5000``."""
        how = f"compareRunsMode={self.mode}&viewStateShareKey={self.key}"
        return f"/#/experiments/{experiment}/runs?{how}"


def views(board: Board, *, folder: str = "", place: str = "") -> list[View]:
    """Rows with their figures, charts of them, and rows side by side.

    On a server that several folders share, they are of one ``folder``, an ID, that is at ``place``.
    """
    mine = f" and tags.`asdbench.folder_id` = '{folder}'" if folder else ""
    key, of = (f"-{folder[:8]}", f" ({place})") if folder else ("", "")
    rows = {
        "orderByKey": f"tags.`{ORDER}`",
        "orderByAsc": True,
        "searchFilter": f"tags.`{ORDER}` != ''{mine}",  # no repeats
        "runsHiddenMode": "FIRST_20_RUNS",
    }
    beside = rows | {"searchFilter": f"tags.`{ORDER}` != '{BOARD_FIRST}'{mine}"}
    shown = (
        ("rows", "TABLE", "all rows and their figures", rows | _columns(board)),
        ("charts", "CHART", "charts, and a box of each row's repeats", rows | _charts(board)),
        ("compare", "CHART", "rows side by side", beside | _differences()),
    )
    return [
        View(what, f"asdbench-{name}{key}", f"asdbench: {name}{of}", mode, state)
        for name, mode, what, state in shown
    ]


def _columns(board: Board) -> dict[str, Any]:
    first, *others = board.subsets
    names = [*SHORT, *(f"{first}/{name}" for name in _shown(board, first)[1:])]
    for subset in others:
        names += [f"{subset}/place", f"{subset}/{board.figures[subset][0]}"]
    columns = [f"metrics.`{name}`" for name in names]
    widths = {f"metrics.`{name}`": max(LEAST, AROUND + LETTER * len(name)) for name in names}
    return {"selectedColumns": columns, "columnOrder": columns, "columnWidths": WIDTHS | widths}


def _shown(board: Board, subset: str) -> list[str]:
    """The figures that the board shows and some row has; rows are ranked by the first."""
    rows = board.subset(subset)
    names = board.figures[subset]
    return [name for name in names if any(figure_of(row, name) is not None for row in rows)]


def _charts(board: Board) -> dict[str, Any]:
    """The repeats of each row as a box; bars of what the board shows."""
    picture = {"type": "IMAGE", "imageKeys": [REPEATS], "step": 0, "showRunParams": False}
    found: dict[str, list[dict[str, Any]]] = {}
    for subset in board.subsets:
        names = [*_shown(board, subset), "probability_best"]
        found[subset] = [_bar(f"{subset}/{name}", name) for name in names]
        machines = dict.fromkeys(name for row in board.subset(subset) for name in row.machines)
        found[f"{subset}, by machine type"] = [
            _bar(of_machine(subset, name, names[0]), name) for name in machines
        ]
    found[board.subsets[0]].insert(0, picture)
    return _sections(found, cardHeight=430)  # the picture is 256 px high


def _bar(metric: str, name: str) -> dict[str, Any]:
    return {"type": "BAR", "metricKey": metric, "displayName": name}


def _differences() -> dict[str, Any]:
    """Figures, and below them those parameters that are not the same in all rows."""
    groups = {"Figures": "Model metrics", "Parameters that differ": "Parameters"}
    table = {
        "type": "DIFFERENCE",
        "showChangeFromBaseline": False,
        "showDifferencesOnly": True,
        "baselineColumnUuid": "",
    }
    found = {
        name: [table | {"chartName": name, "compareGroups": [group]}]
        for name, group in groups.items()
    }
    return _sections(found, columns=1, cardHeight=400)


def _sections(found: Mapping[str, Sequence[Mapping[str, Any]]], **layout: int) -> dict[str, Any]:
    return {
        "isAccordionReordered": True,  # or MLflow would order them by name
        "compareRunSections": [
            {"uuid": name, "name": name, "display": True, "isReordered": True}
            | {"deleted": False, "isGenerated": False}
            | layout
            for name in found
        ],
        "compareRunCharts": list(_cards(found)),
    }


def _cards(found: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[dict[str, Any]]:
    for section, cards in found.items():
        for number, card in enumerate(cards):
            yield {"uuid": f"{section} {number}", "metricSectionId": section} | CARD | dict(card)
