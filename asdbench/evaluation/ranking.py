"""The entries of a subset ranked, and every pair of them compared."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from asdbench.evaluation import significance
from asdbench.evaluation.aggregate import alone, row_of
from asdbench.evaluation.entries import Entry, twins
from asdbench.evaluation.figures import ALPHA, QUESTIONS, RANKS, Pair, Row, figure_of
from asdbench.evaluation.inference import best, corrected, differences
from asdbench.evaluation.measure import Measured, measured
from asdbench.evaluation.metrics import Floats
from asdbench.evaluation.protocols import PROTOCOLS
from asdbench.evaluation.sampled import Sampled
from asdbench.evaluation.variation import estimate


def compared(
    subset: str, entries: Sequence[Entry], protocol: str = "2020", by: str | None = None
) -> tuple[list[Row], list[Pair]]:
    """The rows of a subset, best first ``by`` a figure, and every pair of them in every figure.

    ``protocol`` says which figures of domains there are, and what rows are ranked by if nothing is
    said: its official score, where all of them have it. A row that lacks the figure is left out.
    Raises ``ValueError`` where all of them do.
    """
    in_order = sorted(entries, key=lambda entry: str(entry.record["label"]))
    by_label = measured(subset, in_order, protocol)
    by = by or _official(protocol, by_label)
    ranks = _ranking(subset, by_label, by)
    has = [row for row in range(len(in_order)) if ranks.has(row).any()]
    means = {row: statistics.fmean(by_label.by_repeat(ranks, row)) for row in has}
    same = {has[row]: has[other] for row, other in twins([in_order[row] for row in has]).items()}
    order = sorted(has, key=lambda row: (-means[row], row in same))
    apart = [row for row in order if row not in same]
    pairs = {
        figure: _pairs(subset, by_label, figure, list(combinations(apart, 2)))
        for figure in by_label.figures
    }
    shares, letters = _told(by_label, apart, ranks, pairs[by])
    places = dict(zip(apart, _places(by_label, ranks, apart), strict=True))
    rows = []
    for row in order:
        as_one = same.get(row, row)  # what is said of it is said of both of its names
        told = row_of(
            subset,
            by_label,
            row,
            best={question: shares[question].get(as_one) for question in QUESTIONS},
            letters={question: letters[question].get(as_one) for question in QUESTIONS},
            places=places[as_one],
        )
        rows.append(_named(told, in_order[as_one]) if row in same else told)
    return rows, [pair for of_figure in pairs.values() for pair in of_figure]


def _named(row: Row, first: Entry) -> Row:
    """A row as another name of one that has the same scores."""
    label = str(first.record["label"])
    said = f"the same scores as {label}, and compared as one row with it"
    return replace(row, same_as=label, remarks=[*row.remarks, said])


def shown(protocol: str, rows: Sequence[Row]) -> Sequence[str]:
    """The figures of a protocol that these rows, ranked by the first of them, have."""
    if any(figure_of(row, PROTOCOLS[protocol][0]) is None for row in rows):
        protocol = "2020"
    return [name for name in PROTOCOLS[protocol] if any(figure_of(row, name) for row in rows)]


def _official(protocol: str, found: Measured) -> str:
    sampled = found.figures.get(PROTOCOLS[protocol][0])
    rows = range(len(found.entries))
    return PROTOCOLS[protocol][0] if sampled and all(sampled.has(r).any() for r in rows) else RANKS


def _ranking(subset: str, found: Measured, by: str) -> Sampled:
    """The figure to rank by, which a row must have."""
    sampled = found.figures.get(by)
    if sampled is None or not any(sampled.has(row).any() for row in range(len(found.entries))):
        raise ValueError(
            f"{subset} can't be ranked by {by}: no row has it; name another figure first"
        )
    return sampled


def question_of(rows: Sequence[Row]) -> str:
    """What to ask of these rows: the order with other seeds, where two rows can tell it.

    Else the order with other clips alone: that of fits with one repeat.
    """
    told = [row for row in rows if row.letters["here"]]
    return "here" if len(told) > 1 or len(told) == len(rows) else "clips"


def _pairs(
    subset: str, found: Measured, figure: str, both: Sequence[tuple[int, int]]
) -> list[Pair]:
    """Each pair with the better row first, and p corrected for how many there are."""
    return corrected([pair for rows in both if (pair := _pair(subset, found, figure, rows))])


def _pair(subset: str, found: Measured, figure: str, rows: tuple[int, int]) -> Pair | None:
    """None where two rows have no machine ID in common."""
    sampled = found.of_both(figure, *rows)
    one = estimate(sampled, found.repeats, {rows[0]: 1.0, rows[1]: -1.0})
    if one is None:
        return None
    first, second = rows
    if one.value < 0:
        first, second = second, first
        one = replace(one, value=-one.value)
    labels = [found.entries[row].record["label"] for row in (first, second)]
    shared = set(found.entries[first].ids) & set(found.entries[second].ids)
    return Pair(
        subset=subset,
        figure=figure,
        first=labels[0],
        second=labels[1],
        n=len(shared),
        difference=one.value,
        **differences(one),
        flips=significance.flips(*_in_shared_repeats(found, sampled, [first, second])),
    )


def _told(
    found: Measured, order: Sequence[int], ranks: Sampled, pairs: Sequence[Pair]
) -> tuple[Mapping[str, Mapping[int, float]], Mapping[str, Mapping[int, str]]]:
    """By question and row, P(best) and letters of the rows that it can be told of."""
    labels = [entry.record["label"] for entry in found.entries]
    shares, letters = {}, {}
    for question in QUESTIONS:
        rows = [row for row in order if getattr(alone(found, ranks, row), question)]
        if len(rows) == 1 < len(order):
            rows = []  # there is nothing that it can be told from
        places = {labels[row]: place for place, row in enumerate(rows)}
        different = [
            (places[pair.first], places[pair.second])
            for pair in pairs
            if (one := getattr(pair, question)) and one.corrected < ALPHA
        ]
        given = significance.letters(len(rows), different)
        drawn = best(ranks, found.repeats, question, rows).tolist() if len(rows) > 1 else []
        shares[question] = dict(zip(rows, drawn, strict=False))
        letters[question] = dict(zip(rows, given, strict=True))
    return shares, letters


def _in_shared_repeats(found: Measured, sampled: Sampled, rows: Sequence[int]) -> Floats:
    """A figure of rows in the repeats that all of them have, (M, R)."""
    by_repeat = [
        dict(zip(found.entries[row].complete, found.by_repeat(sampled, row), strict=True))
        for row in rows
    ]
    shared = sorted(set.intersection(*map(set, by_repeat)))
    return np.array([[values[number] for number in shared] for values in by_repeat])


def _places(found: Measured, ranks: Sampled, rows: Sequence[int]) -> list[list[int]]:
    """Each row's place in each repeat that all rows have; equal figures share a place."""
    figures = _in_shared_repeats(found, ranks, rows)
    places = 1 + (figures[None, :, :] > figures[:, None, :]).sum(axis=1)
    found_places: list[list[int]] = places.tolist()
    return found_places
