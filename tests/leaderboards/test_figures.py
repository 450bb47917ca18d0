"""Which figures a board shows, and what it calls them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from asdbench_leaderboards import html, latex, markdown, tables
from asdbench_leaderboards._figures import by_machine, explained, interval_of, ranked_by
from boards import system
from hand_made import board, row, spread

from asdbench.evaluation import PROTOCOLS, QUESTIONS, Board, Interval

SHOWN = PROTOCOLS["2022"]


def official(label: str, score: float, **more: Any) -> Any:
    """A row with the figures of 2022, in all and of its one machine type."""
    figures = {name: spread(score + 0.01 * place) for place, name in enumerate(SHOWN)} | more
    made = row(label)
    fan = replace(made.machines["fan"], more=figures)
    return replace(made, machines={"fan": fan}, more=figures)


@pytest.fixture
def since_2022() -> Board:
    rows = [official("knn", 0.6), official("autoencoder", 0.55)]
    asked = {"protocol": {"development": "2022"}, "figures": {"development": SHOWN}}
    systems = {label: system(1) for label in ("knn", "autoencoder", "theirs")}
    return board(*rows, question={"development": "here"}, systems=systems, **asked)


def test_the_interval_answers_the_question_asked() -> None:
    ends = {"clips": (0.66, 0.74), "here": (0.65, 0.75), "elsewhere": (0.6, 0.8)}
    each = {question: Interval(*both) for question, both in ends.items()}
    some = row("knn", mean_auc_pauc=spread(0.7, **each))
    assert {question: interval_of(some, question) for question in QUESTIONS} == each
    for question in QUESTIONS:  # that of another question is no answer
        others = {other: found for other, found in each.items() if other != question}
        assert interval_of(row("knn", mean_auc_pauc=spread(0.7, **others)), question) is None


def test_a_board_of_2022_shows_its_figures_and_says_what_ranks(since_2022: Board) -> None:
    text = markdown.render(since_2022)
    head = next(line for line in text.splitlines() if line.startswith("|") and "P(best)" in line)
    cells = [cell.strip() for cell in head.strip("|").split("|")]
    domains = ["AUC source", "AUC target", "pAUC h-mean"]
    assert cells[2:9] == [*domains, "F1", "recall", "specificity", "official score"]
    assert "the official score of DCASE 2022 to 2026" in text
    assert "harmonic mean of AUC source, AUC target and pAUC" in text
    knn = next(line for line in text.splitlines() if "| knn" in line)
    assert [cell.strip() for cell in knn.strip("|").split("|")][2:9] == (
        ["61.0", "62.0", "63.0", "64.0", "65.0", "66.0", "60.0"]
    )
    assert "| AUC source / AUC target / pAUC h-mean" in text
    assert "mean AUC/pAUC" not in text


def test_every_format_shows_them(since_2022: Board) -> None:
    page, tex = html.render(since_2022), latex.render(since_2022)
    assert 'data-figure="official"' in page
    assert "Ranked by the official score of DCASE 2022 to 2026" in page
    assert '[data-figure="official"] .by:not(.by-official)' in page
    assert "AUC source" in tex
    assert "official score" in tex
    head, first = tables.render_csv(since_2022).splitlines()[:2]
    values = dict(zip(head.split(","), first.split(","), strict=True))
    assert (values["official_mean"], values["auc_source_mean"]) == ("0.6", "0.61")


def test_a_row_without_a_figure_has_a_dash(since_2022: Board) -> None:
    without = official("theirs", 0.5)
    more = {name: one for name, one in without.more.items() if name != "f1"}
    mixed = replace(since_2022, rows=[*since_2022.rows, replace(without, more=more)])
    line = next(line for line in markdown.render(mixed).splitlines() if "| theirs" in line)
    assert [cell.strip() for cell in line.strip("|").split("|")][5] == "-"
    assert "theirs" in html.render(mixed)


def test_what_ranks_is_said_in_words(since_2022: Board) -> None:
    assert ranked_by(board(row("knn")), "development") == "the mean of AUC and pAUC"
    other = replace(since_2022, figures={"development": ["f1", "auc"]})
    assert ranked_by(other, "development") == "F1"
    assert by_machine(other, "development") == ["f1", "auc"]
    of_2021 = replace(since_2022, protocol={"development": "2021"})
    assert "DCASE 2021" in ranked_by(of_2021, "development")
    assert explained(since_2022, "development").count("both domains") == 1
    assert explained(of_2021, "development").count("both domains") == 0
