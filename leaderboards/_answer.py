"""What a board says in short: who leads, how surely, by how much, on what, and what it cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from asdbench.evaluation import ALPHA, Board, Difference, Pair, Row, caution, figure_of, rivals

from ._cost import quantity
from ._figures import ranked_by, ranks
from ._page_words import duration, signed
from ._text import covers, mean_and_sd, pairs_of, percent, plain, probability

NAMED = 4  # rows by name; of more, the others are counted
EQUAL = 1e-12  # figures that differ by less are the same
FASTER = 0.7  # of the leader's time to score a clip; less of a difference is the clock's


class _Against(NamedTuple):
    """A row behind the leader, and what the question says of the two; None where it can't."""

    row: Row
    pair: Pair | None
    said: Difference | None

    @property
    def told(self) -> bool:
        return self.said is not None and self.said.corrected < ALPHA


def leaders(board: Board, subset: str) -> list[str]:
    """The labels of the rows with the highest figure; several only where it is equal."""
    rows, figure = rivals(board.subset(subset)), ranks(board, subset)
    means = {row.label: found.mean for row in rows if (found := figure_of(row, figure))}
    return [label for label, mean in means.items() if abs(mean - max(means.values())) < EQUAL]


def headline(board: Board, subset: str) -> str:
    """What follows the leaders' names: "leads with 93.2 ± 0.4 % in the mean of AUC and pAUC."."""
    rows, first = board.subset(subset), leaders(board, subset)
    figure = f"{mean_and_sd(figure_of(rows[0], ranks(board, subset)))} % in "
    figure += f"{ranked_by(board, subset)}."
    for label in first:
        if same := [row for row in rows if row.same_as == label]:
            has = "has" if len(same) == 1 else "have"
            figure += f" {names(same)} {has} the same scores as {plain(label)}."
    if len(rivals(rows)) == 1:
        return f"is the only row, with {figure}"
    told = all(one.told for one in _others(board, subset, board.question[subset]))
    alone = "leads" if told else "comes first"  # it leads who is told apart from all others
    return f"{alone if len(first) == 1 else 'lead together'} with {figure}"


def answer(board: Board, subset: str, question: str) -> dict[str, str]:
    """Sentences by what they tell: how surely, by how much, on what, at what cost."""
    others, first = _others(board, subset, question), leaders(board, subset)
    it = "it" if len(first) == 1 else plain(first[0])  # the first of several
    said = {"How surely": " ".join(_surely(others, question, it))} if others else {}
    if others:
        said["By how much"] = " ".join(_much(board, subset, question, others, it))
    said["On what"] = _heard(board, subset)
    said["At what cost"] = " ".join(_cost(board, subset, others, it))
    return said


def _others(board: Board, subset: str, question: str) -> list[_Against]:
    first, *others = rivals(board.subset(subset))
    pairs = {frozenset((pair.first, pair.second)): pair for pair in pairs_of(board, subset)}
    found = []
    for row in others:
        pair = pairs.get(frozenset((first.label, row.label)))
        found.append(_Against(row, pair, getattr(pair, question) if pair else None))
    return found


def _surely(others: Sequence[_Against], question: str, it: str) -> Iterator[str]:
    close = [one.row for one in others if one.said and not one.told]
    unknown = [one.row for one in others if not one.said]
    asked = covers(question)
    asked = asked[0].upper() + asked[1:]
    if len(close) == len(others) > 1:
        yield f"No other row can be told apart from {it}. {asked}, the order might turn."
    elif close:
        yield f"{names(close)} can't be told apart from {it}. {asked}, the order might turn."
    elif not unknown:
        every = "every other row is" if len(others) > 1 else "the other row is"
        yield f"{asked}, {it} would lead again: {every} told apart from {it}."
    if unknown:
        rest = "any other row" if len(unknown) == len(others) else names(unknown)
        yield f"Whether {it} would stay before {rest} can't be told (?)."


def _much(
    board: Board, subset: str, question: str, others: Sequence[_Against], it: str
) -> Iterator[str]:
    said = [(others[0], "the next" if len(others) > 1 else "the other row")]
    first_told = next((one for one in others if one.told), None)
    if first_told and first_told is not others[0]:
        said.append((first_told, "the first that is told apart"))
    for one, place in said:
        if one.pair:
            yield _ahead(one, board.subset(subset)[0], place, it)
    share = board.subset(subset)[0].best[question]
    if share is not None:
        yield f"P(best) {'' if it == 'it' else f'of {it} '}is {probability(share)}."


def _ahead(one: _Against, first: Row, place: str, it: str) -> str:
    """How far the leader is before a row, on the machine IDs that both have."""
    assert one.pair
    sign = 1 if one.pair.first == first.label else -1
    by = f"{percent(abs(one.pair.difference))} points"
    side = "before" if sign > 0 else "behind"
    surely = ""
    if one.said:
        low, high = sorted((sign * one.said.low, sign * one.said.high))
        surely = f" (95 %: {signed(low)} to {signed(high)})"
    it = "It" if it == "it" else it
    if abs(one.pair.difference) < EQUAL:
        return f"{it} is level with {plain(one.row.label)}{surely}, {place}."
    return f"{it} is {by}{surely} {side} {plain(one.row.label)}, {place}."


def _heard(board: Board, subset: str) -> str:
    rows = board.subset(subset)
    machines: dict[str, dict[str, int]] = {}
    for row in rows:
        for machine, figures in row.machines.items():
            for of_id, one in figures.ids.items():
                of_type = machines.setdefault(machine, {})
                of_type.setdefault(of_id, one.normal + one.anomalous)
    ids = sum(map(len, machines.values()))
    clips = sum(sum(of_type.values()) for of_type in machines.values())
    known = board.known.get(subset)
    complete = f", the complete {subset} test set of {known}" if known else ""
    heard = (
        f"{_count(clips, 'test clip')} of {_count(ids, 'machine ID')} of "
        f"{_count(len(machines), 'machine type')}{complete}."
    )
    return " ".join(filter(None, (heard, caution(board.recipe))))


def _cost(board: Board, subset: str, others: Sequence[_Against], it: str) -> Iterator[str]:
    first = board.subset(subset)[0]
    of_which = "" if it == "it" else f"{it}: "
    if not first.cost:
        if first.seconds is None:
            elsewhere = first.origin.get("kind") == "import"
            yield "Not known" + (": its scores were made elsewhere." if elsewhere else ".")
        else:
            yield f"{of_which}{duration(first.seconds)} to fit and score a repeat."
    else:
        yield f"{of_which}{_took(first)}, on the machine at hand."
    cheap = [one.row for one in others if one.said and not one.told and one.row.cost and first.cost]
    cheapest = min(cheap, key=lambda row: row.cost.score_ms if row.cost else 0.0, default=None)
    if cheapest and _cheaper(cheapest, first):
        label = plain(cheapest.label)
        yield f"The cheapest that can't be told apart from {it}, {label}: {_took(cheapest)}."


def _cheaper(row: Row, other: Row) -> bool:
    """Whether it scores faster by more than the clock wanders, and takes no longer to train."""
    assert row.cost
    assert other.cost
    faster = row.cost.score_ms < FASTER * other.cost.score_ms
    return faster and row.cost.fit_seconds <= max(1.0, other.cost.fit_seconds)


def _took(row: Row) -> str:
    assert row.cost
    return (
        f"{duration(row.cost.fit_seconds)} of training a repeat, "
        f"{quantity(row.cost.score_ms)} ms to score a clip"
    )


def names(rows: Sequence[Row]) -> str:
    """ "a, b and c"; of many, "a, b, c and 7 others"."""
    labels = [plain(row.label) for row in rows]
    if len(labels) > NAMED:
        labels = [*labels[: NAMED - 1], f"{len(labels) - NAMED + 1} others"]
    return " and ".join(filter(None, (", ".join(labels[:-1]), labels[-1])))


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' if number != 1 else ''}"
