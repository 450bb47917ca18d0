"""What a study leaves behind: recipe, report and page, the page once."""

from __future__ import annotations

from pathlib import Path

from tuned_results import result, study_of

from asdbench.tuning import left


def test_recipe_and_report_come_first_and_the_page_at_the_end(tmp_path: Path) -> None:
    found = result(tmp_path, objective="oracle")
    text = left.write(found)
    assert {path.name for path in (tmp_path / "tuned").iterdir()} == {
        "mine-oracle.toml",
        "mine-oracle.md",
    }
    assert (tmp_path / "tuned" / "mine-oracle.md").read_text() == text
    left.write_page(found, study_of(0))
    assert (tmp_path / "tuned" / "mine-oracle.html").exists()


def test_a_tuning_leaves_all_three(place: Path) -> None:
    names = {path.name for path in (place / "whole" / "tuned").iterdir()}
    assert names == {"bands.toml", "bands.md", "bands.html"}
