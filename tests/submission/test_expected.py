"""Which clips are missing, too much, or labelled otherwise."""

from __future__ import annotations

from asdbench.data.dcase import facts
from asdbench.results.records import Score
from asdbench.submission.expected import Labelled, known_set, lacking, scored_clips

A, B = Labelled("fan", "00", "a.wav", True), Labelled("fan", "00", "b.wav", False)


def test_every_kind_of_difference_is_counted_with_one_for_example() -> None:
    assert lacking(frozenset([A, B]), frozenset([A, B])) == []
    odd, other = Labelled("fan", "02", "c.wav", None), B._replace(anomalous=True)
    assert lacking(frozenset([odd, other]), frozenset([A, B])) == [
        "clips of the test set without a score: 1, fan id_00 a.wav for one",
        "clips that aren't of the test set: 1, fan id_02 c.wav for one",
        "clips with another label than in the test set: 1, fan id_00 b.wav for one",
    ]


def test_scored_clips_are_kept_by_subset() -> None:
    scores = [Score("fan", "00", s, "a.wav", True, 1.0) for s in ("development", "evaluation")]
    assert scored_clips(scores) == {"development": {A}, "evaluation": {A}}


def test_the_challenges_sets_are_known_by_their_hash() -> None:
    assert len(known_set(str(facts.official_test_set(2023, "evaluation")))) == 1400
    assert known_set("0123456789abcdef") == frozenset()
