"""Hashes of test clips: the same in any order, different for any change."""

from __future__ import annotations

from asdbench.data.hashes import digest_of, hash_test_set, hash_test_sets
from asdbench.data.recording import Clip

A = ("fan", "00", "a.wav", True)
B = ("fan", "00", "b.wav", None)


def test_the_order_does_not_matter_and_all_else_does() -> None:
    assert hash_test_set([A, B]) == hash_test_set([B, A])
    assert hash_test_set([A, B]) != hash_test_set([A])
    assert hash_test_set([A]) != hash_test_set([("fan", "00", "a.wav", False)])
    assert digest_of([A, B]) == hash_test_set([B, A])


def test_each_subset_has_a_hash_of_its_own() -> None:
    clips = [Clip("fan", "00", subset, "test", True, "a.wav") for subset in ("one", "other")]
    assert hash_test_sets(clips) == {"one": hash_test_set([A]), "other": hash_test_set([A])}
