"""The figures that there are, and what they are called."""

from __future__ import annotations

import pytest

from asdbench.evaluation.protocols import EVERY, NAMES, PROTOCOLS, check_figures, meaning


def test_every_figure_has_a_name_and_a_meaning_in_every_year_that_shows_it() -> None:
    assert set(NAMES) == set(EVERY)
    for protocol, figures in PROTOCOLS.items():
        assert set(figures) <= set(EVERY)
        assert all(meaning(figure, protocol) for figure in figures)


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ((), "no figure is named"),
        (("acu",), "mean auc"),
        (("f1", "f1"), "twice"),
    ],
)
def test_other_figures_are_refused(figures: tuple[str, ...], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        check_figures(figures)
