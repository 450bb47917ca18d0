"""Which clips are chosen: the worst of each row and label, those all get wrong, an ordinary one."""

from __future__ import annotations

from typing import Any

import numpy as np

from asdbench.evaluation.entries import Entry, MachineId, Scored
from asdbench.listening.chosen import ChosenClip, choose

FAN = MachineId("fan", "00")
NAMES = ("a1", "a2", "a3", "n1", "n2", "n3", "n4")
LABELS = np.array([True] * 3 + [False] * 4)


def entry(label: str, *repeats: list[float], decided: Any = None) -> Entry:
    scored = Scored(LABELS, np.array(repeats, dtype=float), NAMES, (), decided)
    return Entry({"label": label}, range(len(repeats)), None, {FAN: scored})


def by_name(clips: list[ChosenClip]) -> dict[str, ChosenClip]:
    return {clip.name: clip for clip in clips}


def test_the_worst_of_each_row_and_label_are_there_and_know_whose_they_are() -> None:
    one = entry("one", [0, 9, 8, 1, 2, 3, 4])  # a1 lies below every normal clip
    other = entry("other", [9, 9, 9, 1, 2, 3, 4])  # all is right
    found = by_name(choose("development", [one, other], each=1))
    assert found["a1"].worst_of == ["one"]
    assert found["a1"].opinions["one"].wrong == 1
    assert found["a1"].opinions["other"].percentiles == [1]
    # All four normal clips lie above a1; the first of equal ones is taken.
    assert [name for name, clip in found.items() if not clip.anomalous and clip.worst_of] == ["n1"]
    assert all("other" not in clip.worst_of for clip in found.values())
    assert not any(clip.by_all for clip in found.values())


def test_what_all_rows_get_wrong_is_what_the_least_wrong_one_gets_wrong() -> None:
    one = entry("one", [0, 2.5, 9, 1, 2, 3, 4])
    other = entry("other", [9, 2.5, 0, 1, 2, 3, 4])
    found = by_name(choose("development", [one, other], each=1))
    assert [name for name, clip in found.items() if clip.by_all and clip.anomalous] == ["a2"]
    assert not any(clip.by_all for clip in choose("development", [one], each=1))


def test_there_is_one_ordinary_clip_an_id_and_decisions_are_counted() -> None:
    decided = np.array([[True, False, True] + [False] * 3 + [True]] * 2)
    decided[1, 0] = False
    one = entry("one", [5, 1, 6, 3, 0, 2, 7], [5, 1, 6, 3, 0, 2, 7], decided=decided)
    found = choose("development", [one], each=2)
    assert [clip.name for clip in found if clip.ordinary] == ["n2"]
    assert by_name(found)["a1"].opinions["one"].called == 1
    assert by_name(found)["n4"].opinions["one"].called == 2
    assert by_name(choose("development", [entry("x", [0] * 7)]))["a1"].opinions["x"].called is None


def test_rows_that_lack_an_id_have_no_opinion() -> None:
    lacking = Entry({"label": "lacking"}, [0], None, {})
    found = choose("development", [entry("one", [0, 9, 9, 1, 2, 3, 4]), lacking], each=1)
    assert all(set(clip.opinions) == {"one"} for clip in found)
