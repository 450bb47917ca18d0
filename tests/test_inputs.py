"""What the verbs are given is checked before anything is done."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import asdbench
from asdbench.inputs import check_whole, names_of, path_of, text_of


def test_names_of_methods_in_all_forms() -> None:
    assert names_of("a, b,") == ["a", "b"]
    assert names_of(Path("mine.py")) == ["mine.py"]
    assert names_of(["a", Path("b.py")]) == ["a", "b.py"]
    for wrong in (3, b"a"):
        with pytest.raises(ValueError, match="give names of methods"):
            names_of(wrong)  # type: ignore[arg-type]


def test_paths_and_whole_numbers() -> None:
    assert path_of("out", "x") == Path("x")
    assert text_of("method", Path("a.py")) == "a.py"
    wrong: tuple[Any, ...] = ("", None, 3)
    for one in wrong:
        with pytest.raises(ValueError, match="give a name or a path"):
            path_of("out", one)
    check_whole(jobs=None, repeats=3)
    for one in (True, 1.5, "2"):
        with pytest.raises(ValueError, match=r"repeats = .*whole number"):
            check_whole(repeats=one)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "verb",
    [
        lambda recipe: asdbench.tune("knn", recipe),
        lambda recipe: asdbench.plan(recipe),
        lambda recipe: asdbench.fit_detector("knn", ".", to="there", experiment=recipe),
    ],
    ids=["tune", "plan", "fit_detector"],
)
def test_who_imports_methods_itself_does_not_promise_to_isolate_them(
    tmp_path: Path, verb: Callable[[Path], object]
) -> None:
    recipe = tmp_path / "apart.toml"
    recipe.write_text("[limits]\nisolated = true\n")
    with pytest.raises(ValueError, match=r"isolated = true is for asdbench run"):
        verb(recipe)
