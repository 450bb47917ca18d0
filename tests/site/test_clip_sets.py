"""Test sets are told apart by their clips; a challenge's are what the challenge says they are."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from field import rescored, written_scores
from handed_in import DEVELOPMENT, drawn, hand_in

import asdbench
from asdbench.data.dcase import facts
from asdbench.data.hashes import hash_test_set
from asdbench.site.clip_sets import clip_sets
from asdbench.site.collected import collected
from asdbench.submission.reading import marks_of

Copied = Callable[..., Path]


def test_the_same_clips_from_many_folders_are_one(field: list[Path]) -> None:
    [found] = clip_sets(collected(field).rows)
    mark = marks_of(field[0])["development"]["hash"]
    assert (found.subset, found.hash, found.name, found.known) == (
        "development",
        mark,
        "small",
        False,
    )
    assert found.slug == f"development-{mark[:12]}"
    assert len(found.versions) == 5


def test_other_clips_are_another_and_a_challenges_come_first(
    field: list[Path], tmp_path: Path
) -> None:
    hand_in(tmp_path / "in", drawn(DEVELOPMENT))
    out = tmp_path / "out"
    asdbench.import_scores("theirs", tmp_path / "in", dataset="dcase2020", out=out)
    found = clip_sets(collected([*field, out]).rows)
    assert [(one.name, one.known, one.slug) for one in found] == [
        ("DCASE 2020 Task 2", True, "dcase2020-development"),
        ("small", False, found[1].slug),
    ]


def test_tags_are_those_that_most_folders_have(field: list[Path], copied: Copied) -> None:
    folders = [copied("spring", to=name) for name in ("a", "ab", "abcd")]
    clip = {"fan": {"00": {"a.wav": {"snr": "6 dB"}}}}
    other = {"fan": {"00": {"a.wav": {"snr": "0 dB"}}}}
    for folder, tags in zip(folders, (clip, clip, other), strict=True):
        (folder / "tags.json").write_text(json.dumps({"development": tags}))
        rescored(folder, 1.0 + len({*folder.name}))  # so that none is another's copy
    [found] = clip_sets(collected(folders).rows)
    assert found.tags == {"development": clip}


def test_domains_of_a_challenge_are_its_own_whatever_a_folder_says(
    field: list[Path], copied: Copied
) -> None:
    clips = facts.official_test_clips(2023, "evaluation")
    folder = copied("imports")
    name, truth = next((n, t) for n, t in clips.items() if t.domain == "target")
    forged = {name.machine: {name.id: {name.name: {"domain": "source", "speed": "6"}}}}
    (folder / "tags.json").write_text(json.dumps({"evaluation": forged}))
    mark = hash_test_set((n.machine, n.id, n.name, t.anomalous) for n, t in clips.items())
    marks = {"evaluation": {"hash": mark, "description": "x", "protocol": "2020"}}
    (folder / "test-sets.json").write_text(json.dumps(marks))
    lines = [
        f"{n.machine},{n.id},evaluation,{n.name},{t.anomalous:d},{i}.5"
        for i, (n, t) in enumerate(clips.items())
    ]
    for path in folder.glob("cells/theirs*/scores.csv"):
        written_scores(path, "\n".join(["machine,id,subset,clip,anomalous,score", *lines, ""]))
    [found] = clip_sets(collected([folder]).rows)
    assert (found.name, found.protocol, found.slug) == (
        *("DCASE 2023 Task 2", "2022", "dcase2023-evaluation"),
    )
    assert found.tags["evaluation"][name.machine][name.id][name.name] == {
        "domain": truth.domain,
        "speed": "6",
    }
