"""What a board says in short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import boards
import pytest
from asdbench_leaderboards import _answer

from asdbench.evaluation import Board, Cost, Difference, Pair

MINUS = "\N{MINUS SIGN}"
TOLD, CLOSE = Difference(0.01, 0.05, 0.001, 0.002), Difference(-0.02, 0.08, 0.1, 0.3)


def board(labels: Sequence[str], said: Sequence[Difference | None], **changed: object) -> Board:
    """A board whose leader is compared so with the others, in their order."""
    made = boards.made(labels, machines={"fan": 2, "pump": 1}, subsets=["development"])
    others = dict(zip(labels[1:], said, strict=True))

    def compared(pair: Pair) -> Pair:
        return replace(pair, here=others[pair.second]) if pair.first == labels[0] else pair

    return replace(made, pairs=[compared(pair) for pair in made.pairs], **changed)  # type: ignore[arg-type]


def said(made: Board, question: str = "here") -> dict[str, str]:
    return _answer.answer(made, "development", question)


def test_a_leader_that_is_told_from_all() -> None:
    made = board(["a", "b", "c"], [TOLD, TOLD])
    assert _answer.leaders(made, "development") == ["a"]
    mean = made.rows[0].mean_auc_pauc
    assert mean.sd is not None
    assert _answer.headline(made, "development") == (
        f"leads with {100 * mean.mean:.1f} ± {100 * mean.sd:.1f} % in the mean of AUC and pAUC."
    )
    assert said(made)["How surely"] == (
        "With other seeds and other test clips, on these machine IDs, it would lead again: every "
        "other row is told apart from it."
    )
    assert (
        "(95 %: +1.0 to +5.0) before b, the next. P(best) is > 99 %." in said(made)["By how much"]
    )


def test_rows_that_cannot_be_told_from_it_are_named_and_the_first_that_can_is() -> None:
    found = said(board(["a", "b", "c", "d"], [CLOSE, CLOSE, TOLD]))
    assert found["How surely"].startswith("b and c can't be told apart from it. With other seeds")
    assert f"(95 %: {MINUS}2.0 to +8.0) before b, the next." in found["By how much"]
    assert "before d, the first that is told apart." in found["By how much"]
    all_close = said(board(["a", "b", "c"], [CLOSE, CLOSE]))
    assert all_close["How surely"].startswith("No other row can be told apart from it.")


def test_many_rows_are_counted() -> None:
    labels = [f"r{number}" for number in range(9)]
    found = said(board(labels, [CLOSE] * 7 + [TOLD]))
    assert found["How surely"].startswith("r1, r2, r3 and 4 others can't be told apart")


def test_what_cannot_be_said_is_said() -> None:
    found = said(board(["a", "b", "c"], [TOLD, None]))
    assert found["How surely"] == "Whether it would stay before c can't be told (?)."
    alone = said(board(["a", "b"], [None]))
    assert "before any other row can't be told (?)." in alone["How surely"]
    assert " points before b, the other row." in alone["By how much"]
    made = board(["a", "b"], [None])
    rows = [replace(row, best={"here": None, "clips": 0.5, "elsewhere": None}) for row in made.rows]
    assert "P(best)" not in said(replace(made, rows=rows))["By how much"]
    apart = replace(made, pairs=[])  # no machine ID in common
    assert said(apart)["How surely"].endswith("can't be told (?).")


def test_equal_rows_lead_together() -> None:
    made = board(["a", "b", "c"], [CLOSE, TOLD])
    rows = [replace(made.rows[1], mean_auc_pauc=made.rows[0].mean_auc_pauc)]
    tied = replace(made, rows=[made.rows[0], *rows, made.rows[2]])
    assert _answer.leaders(tied, "development") == ["a", "b"]
    assert _answer.headline(tied, "development").startswith("lead together with ")
    level = [replace(pair, difference=0.0) if pair.second == "b" else pair for pair in tied.pairs]
    found = said(replace(tied, pairs=level))
    assert found["How surely"].startswith("b can't be told apart from a. With other seeds")
    assert found["By how much"].startswith(f"a is level with b (95 %: {MINUS}2.0 to +8.0), the ")
    assert "P(best) of a is > 99 %." in found["By how much"]


def test_another_name_of_a_row_is_no_rival_of_it() -> None:
    made = board(["a", "b", "c"], [CLOSE, TOLD])
    twin = replace(made.rows[0], label="b", same_as="a")
    pairs = [pair for pair in made.pairs if "b" not in {pair.first, pair.second}]
    twins = replace(made, rows=[made.rows[0], twin, made.rows[2]], pairs=pairs)
    assert _answer.leaders(twins, "development") == ["a"]
    headline = _answer.headline(twins, "development")
    assert headline.startswith("leads with ")
    assert headline.endswith(" b has the same scores as a.")
    assert said(twins)["How surely"].endswith("the other row is told apart from it.")
    lone = replace(twins, rows=twins.rows[:2], pairs=[])
    assert _answer.headline(lone, "development").startswith("is the only row, with ")
    assert list(said(lone)) == ["On what", "At what cost"]


def test_one_row_leads_nobody() -> None:
    made = board(["a"], [])
    assert _answer.headline(made, "development").startswith("is the only row, with ")
    assert list(said(made)) == ["On what", "At what cost"]


def test_it_says_what_was_heard_and_that_synthetic_machines_prove_nothing() -> None:
    made = board(["a", "b"], [TOLD])
    ids = [of_id for of in made.rows[0].machines.values() for of_id in of.ids.values()]
    clips = sum(of_id.normal + of_id.anomalous for of_id in ids)
    assert said(made)["On what"] == (
        f"{clips:,} test clips of 3 machine IDs of 2 machine types. "
        "Synthetic machines: no evidence about real ones."
    )
    real = replace(made, recipe={}, known={"development": "DCASE 2020 Task 2"})
    assert said(real)["On what"].endswith(
        "2 machine types, the complete development test set of DCASE 2020 Task 2."
    )


def test_each_subset_has_an_answer_of_its_own() -> None:
    made = boards.made(["a", "b"], machines={"fan": 2})
    one, other = (_answer.headline(made, subset) for subset in made.subsets)
    assert one != other


def test_official_scores_are_called_so() -> None:
    made = board(["a", "b"], [TOLD])
    rows = [replace(row, more={"official": row.mean_auc_pauc}) for row in made.rows]
    pairs = [replace(pair, figure="official") for pair in made.pairs if pair.figure == "auc"]
    official = replace(
        made,
        rows=rows,
        pairs=pairs,
        figures={"development": ["official"]},
        protocol={"development": "2022"},
    )
    assert "% in the official score of DCASE 2022" in _answer.headline(official, "development")


COSTS = {"a": Cost(1000, 2000, 75.0, 12.0), "b": Cost(None, None, 0.5, 0.25), "c": None}


@pytest.mark.parametrize(
    ("said_of_b", "words"),
    [
        (
            CLOSE,
            "1 min of training a repeat, 12 ms to score a clip, on the machine at hand. The "
            "cheapest that can't be told apart from it, b: 0.5 s of training a repeat, 0.25 ms to "
            "score a clip.",
        ),
        (TOLD, "1 min of training a repeat, 12 ms to score a clip, on the machine at hand."),
    ],
)
def test_what_it_cost(said_of_b: Difference, words: str) -> None:
    made = board(["a", "b", "c"], [said_of_b, CLOSE])
    rows = [replace(row, cost=COSTS[row.label]) for row in made.rows]
    assert said(replace(made, rows=rows))["At what cost"] == words


def test_an_import_has_no_cost() -> None:
    made = board(["theirs", "b"], [TOLD])
    first = replace(made.rows[0], seconds=None, origin={"kind": "import"})
    imported = replace(made, rows=[first, made.rows[1]])
    assert said(imported)["At what cost"] == "Not known: its scores were made elsewhere."
    assert said(made)["At what cost"] == "1 min to fit and score a repeat."
