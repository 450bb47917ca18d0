"""What is too much for metrics, as tables that MLflow shows."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from boards import made
from hand_made import spread

from asdbench.evaluation import Interval, Slice
from asdbench.tracking.tables import FIGURES, KINDS, MACHINE_IDS, tables

BOARD = made(
    ["knn"], machines={"fan": 2, "valve": 1}, subsets=["development", "evaluation"], repeats=3
)


def lines(name: str, board: object = BOARD) -> dict[str, dict[str, object]]:
    """A table by its first column: what MLflow groups by, so no two lines have one."""
    table = json.loads(tables(BOARD.rows, board)[name])  # type: ignore[arg-type]
    _, *columns = table["columns"]
    found = {line[0]: dict(zip(columns, line[1:], strict=True)) for line in table["data"]}
    assert len(found) == len(table["data"])
    return found


def test_machine_types_and_ids_have_what_the_board_shows() -> None:
    found = lines(MACHINE_IDS)
    (row, *_) = BOARD.subset("development")
    ids = [f"development fan {id_}" for id_ in row.machines["fan"].ids]
    assert {*ids, "development fan", "evaluation valve"} <= set(found)
    assert len(found) == 2 * (2 + 3)
    assert next(iter(found["development fan"])) == "mean_auc_pauc"  # what MLflow compares
    of_id = row.machines["fan"].ids[ids[0].split()[-1]].pauc
    assert found[ids[0]]["pauc"] == pytest.approx(of_id.mean, abs=5e-5)
    assert found[ids[0]]["pauc sd"] == pytest.approx(of_id.sd, abs=5e-5)
    assert found[ids[0]]["mauc"] is None  # an ID is no worst of several


def test_figures_have_every_interval() -> None:
    found = lines(FIGURES)
    auc = BOARD.subset("development")[0].auc
    for question in ("clips", "here", "elsewhere"):
        interval = getattr(auc, question)
        expected = {"mean": auc.mean, "low": interval.low, "high": interval.high}
        assert found[f"development auc, {question}"] == pytest.approx(expected, abs=5e-5)
    assert "development P(best), here" in found
    assert "development mauc, elsewhere" not in found


def test_kinds_of_clip_are_by_tag_and_value_whatever_they_are_called() -> None:
    names = [("fault", "leak"), ("snr", "<5"), ("snr", ">5"), ("a/b", "5 %\n")]
    of_knn = replace(spread(0.9), here=Interval(0.8, 0.95))
    slices = [
        Slice("development", *name, ["fan"], 9, 3, {"knn": of_knn}, "knn", {}) for name in names
    ]
    slices += [Slice("development", "fault", "rub", ["fan"], 9, 3, {"other": of_knn}, "other", {})]
    found = lines(KINDS, replace(BOARD, slices=slices))
    assert list(found) == [f"development {tag}: {value}" for tag, value in names]
    assert found["development fault: leak"] == {"auc": 0.9, "low": 0.8, "high": 0.95}
    assert lines(KINDS, replace(BOARD, slices=[])) == {}
