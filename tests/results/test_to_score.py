"""What an import has to score."""

from __future__ import annotations

from pathlib import Path

import pytest

from asdbench.data.clips import hash_test_sets
from asdbench.data.dcase import facts
from asdbench.results.store import Store
from asdbench.results.to_score import to_score


@pytest.mark.parametrize(("year", "clips"), [(2021, 8635), (2022, 4200), (2025, 1600)])
def test_evaluation_clips_of_a_year_are_known_with_their_domains(
    tmp_path: Path, year: int, clips: int
) -> None:
    asked = to_score(Store(tmp_path), f"dcase{year}")
    assert len(asked.clips) == clips
    assert {clip.subset for clip in asked.clips} == {"evaluation"}
    assert asked.protocol == ("2021" if year == 2021 else "2022")
    domains = [asked.tags[c.subset][c.machine][c.id][str(c.name)]["domain"] for c in asked.clips]
    assert set(domains) == {"source", "target"}
    known = facts.official_test_set(year, "evaluation")
    assert hash_test_sets(asked.clips) == {"evaluation": known}


def test_what_is_not_released_is_not_known(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"'dcase2026' aren't built in; there are .* dcase2025"):
        to_score(Store(tmp_path), "dcase2026")
