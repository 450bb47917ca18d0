"""Which normal recordings are scored: a draw that depends on names alone."""

from __future__ import annotations

import random

from asdbench.data.folders.drawn import Drawn, with_splits
from asdbench.data.folders.tree import Wav


def drawn(normal: int, anomalous: int, *, id: str = "00", snr: str = "") -> list[Drawn]:
    return [
        (Wav(f"/{snr}{label}{n}", "fan", id, "development", "", f"{n}", label == "a"), f"{n}")
        for label, count in (("n", normal), ("a", anomalous))
        for n in range(count)
    ]


def scored(wavs: list[Wav]) -> set[str]:
    return {wav.path for wav in wavs if wav.split == "test" and not wav.anomalous}


def test_as_many_normal_as_anomalous_and_the_rest_trains() -> None:
    found = with_splits(drawn(100, 30))
    assert len(scored(found)) == 30
    assert sum(wav.split == "train" for wav in found) == 70
    assert all(wav.split == "test" for wav in found if wav.anomalous)


def test_at_most_half_of_the_normal_ones() -> None:
    assert len(scored(with_splits(drawn(31, 30)))) == 15
    assert len(scored(with_splits(drawn(1, 30)))) == 0
    assert len(scored(with_splits(drawn(5, 0)))) == 0


def test_neither_order_nor_other_ids_matter_and_ids_differ() -> None:
    one, other = drawn(100, 30), drawn(100, 30, id="02")
    mixed = [*one, *other]
    random.Random(0).shuffle(mixed)
    of_one = scored(with_splits(one))
    assert scored([wav for wav in with_splits(mixed) if wav.id == "00"]) == of_one
    assert scored(with_splits(other)) != of_one


def test_a_recording_at_several_ratios_is_in_one_split() -> None:
    found = with_splits([*drawn(100, 30, snr="6"), *drawn(100, 30, snr="0")])
    splits = {(wav.path[2:], wav.split) for wav in found}
    assert len(splits) == 130
    assert len(scored(found)) == 60
