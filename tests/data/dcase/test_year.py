"""Which year a folder's recordings are of: by machine types, sections and folders."""

from __future__ import annotations

from pathlib import Path

import pytest
from dcase_trees import development, evaluation, training

from asdbench.data.dcase.facts import YEARS
from asdbench.data.dcase.year import candidates, noted_year, with_subsets, years_of
from asdbench.data.folders.recognised import scan
from asdbench.data.folders.tree import Tree, Wav

SAME = (2023, 2024)
ALL = tuple(range(2021, 2027))


def fans(*names: str, above: str = "dev_data/fan/") -> list[str]:
    return [f"{above}{name}" for name in names]


@pytest.mark.parametrize("year", ALL)
@pytest.mark.parametrize("above", ["dev_data/", ""])
def test_a_whole_development_set(tree, year: int, above: str) -> None:
    path = tree(*development(year, above=above))
    assert scan(path).years == (SAME if year in SAME else (year,))
    assert {wav.subset for wav in scan(path).wavs} == {"development"}


@pytest.mark.parametrize("year", ALL)
@pytest.mark.parametrize("above", ["eval_data/", ""])
def test_one_evaluation_type_and_the_development_types_settle_it(
    tree, year: int, above: str
) -> None:
    machine = YEARS[year].types["evaluation"][-1]
    path = tree(*development(year, above=above.replace("eval", "dev")),
                *evaluation(year, machine, above=above))  # fmt: skip
    assert scan(path).years == (year,)
    ids = YEARS[year].ids["evaluation"]
    subsets = {w.subset for w in scan(path).wavs if (w.machine, w.id) == (machine, ids[0])}
    assert subsets == {"evaluation"}


def test_several_years_may_be_meant(tree) -> None:
    assert scan(tree(*evaluation(2024, "ToothBrush"), at="a")).years == (2024, 2026)
    assert scan(tree(*fans(*training("01")), at="b")).years == (2021, 2022)
    apart = "source_test/section_00_source_test_normal_0000.wav"
    assert scan(tree(*fans(*training("00"), apart), at="c")).years == (2021,)
    assert scan(tree("dev_data/fan/test/section_01_0000.wav", at="d")).years == (2022,)


def test_sections_that_are_all_there_go_first_and_what_is_asked_for_before_them(tree) -> None:
    path = tree(*fans(*training("00")))
    assert scan(path).years == (2023, 2024)
    assert scan(path, year=2022).years == (2022,)
    assert scan(path, year=2025).years == (2025,)  # though nothing is supplemental
    assert scan(path, year=2020).years == (2023, 2024)


def test_no_year_has_them(tree) -> None:
    press = [f"dev_data/press/{name}" for name in training()]
    assert scan(tree(*press, at="a")).years == ()
    assert scan(tree(*press, at="a"), year=2024).years == (2024,)
    both = ["eval_data/Vacuum/test/section_00_0.wav", "eval_data/HairDryer/test/section_00_0.wav"]
    assert scan(tree(*both, at="b")).years == ()
    assert scan(tree(*fans(*training("09")), at="c")).years == ()
    assert scan(tree(*press, *fans("train/normal_id_00_0.wav"), at="d")).years == ()


def test_types_of_ones_own_are_left_aside(tree) -> None:
    press = [f"dev_data/press/{name}" for name in training()]
    assert scan(tree(*press, *evaluation(2023, "Vacuum"))).years == (2023,)


@pytest.mark.parametrize(
    ("text", "year"), [("dcase2024\n", 2024), ("dcase1999", None), ("?", None)]
)
def test_what_a_download_wrote_down_settles_it(tree, text: str, year: int | None) -> None:
    path = Path(tree(*development(2023), ".asdbench-download/dataset"))
    (path / ".asdbench-download/dataset").write_text(text)
    assert noted_year(path) == noted_year(path / "dev_data") == year
    assert scan(path).years == ((year,) if year else SAME)
    assert scan(path / "dev_data").years == ((year,) if year else SAME)


def test_of_2020() -> None:
    def clip(machine: str, name: str) -> Wav:
        return Wav(f"/{machine}/test/{name}", machine, "01", "", "test", name, None)

    known, own = clip("fan", "id_01_0.wav"), clip("press", "id_01_0.wav")
    assert candidates([known, own]) == (2020,)
    assert candidates([own]) == ()
    tree = Tree(Path("/"), (known, own), (), ())
    assert [wav.subset for wav in with_subsets(tree)] == ["evaluation", "development"]
    assert years_of(tree, "fan", "01", section=False) == (2020,)
    assert years_of(tree, "ToothBrush", "00") == (2024, 2026)
