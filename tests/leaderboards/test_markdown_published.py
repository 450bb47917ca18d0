"""Published results in Markdown, of a year with figures of its own."""

from __future__ import annotations

from asdbench_leaderboards._markdown_published import reported
from asdbench_leaderboards._published import published
from boards import made


def lines_of(year: int) -> list[str]:
    board = made(["knn"], known={"development": f"DCASE {year} Task 2"})
    return "\n".join(reported(published(board)["development"])).splitlines()


def test_2022_has_its_own_columns() -> None:
    lines = lines_of(2022)
    [head] = [line for line in lines if "| system" in line]
    assert "AUC source" in head
    assert "pAUC h-mean" in head
    [ours] = [line for line in lines if line.startswith("| TWFR-GMM") and "README" in line]
    assert "84.19" in ours
    assert "r and components chosen on the test set" in ours
    [types] = [line for line in lines if line.startswith("| TWFR-GMM") and "README" not in line]
    assert "95.99 / 90.40 / 72.43" in types


def test_2020_has_a_deviation_where_it_is_reported() -> None:
    assert any("65.33 ± 0.41" in line for line in lines_of(2020))
