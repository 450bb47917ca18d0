"""Published results in the LaTeX table: lines below the measured ones, and where they are from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from ._published import Published, by_system
from ._tex import Column, escape, line, spread, superscript, wrapped

_SIGNS = {  # not the dagger, which is of remarks on measured rows
    r"\ddag": "Chosen on the test set (the checkpoint or more), so the figures are too high.",
    r"\S": "AUC pooled over a machine type: another number.",
    r"\P": "Not checked against the source.",
}


def lines(others: Sequence[Published], columns: Sequence[Column]) -> list[str]:
    """A rule, a header and a line a system that has any of the columns; nothing in bold."""
    sources = _sources(others)
    found = []
    for system, by_machine in by_system(others).items():
        here = [by_machine.get(column.machine) for column in columns]
        cells = [_reported(one, column) for one, column in zip(here, columns, strict=True)]
        if any(cells):
            one = next(one for one in here if one)
            signs = [*_signs(one), str(sources[one.source])]
            found.append(_line(escape(system) + superscript(",".join(signs)), cells))
    title = r"\emph{Published (chosen on the test set where marked \ddag)}"
    head = [r"\midrule", line(_across(len(columns) + 1, title), ()), r"\addlinespace[2pt]"]
    return [*head, *found] if found else []


def notes(others: Sequence[Published]) -> Iterator[str]:
    """What the signs mean, the sources, and what the systems were trained on."""
    used = {sign for one in others for sign in _signs(one)}
    yield from (superscript(sign) + text for sign, text in _SIGNS.items() if sign in used)
    sources = [superscript(str(n)) + escape(source) for source, n in _sources(others).items()]
    yield f"Sources: {'; '.join(sources)}."
    trained: dict[str, dict[str, None]] = {}
    for one in others:
        trained.setdefault(one.training_data, {})[escape(one.system)] = None
    unknown = trained.pop("not stated", None)
    for data, systems in trained.items():
        yield f"Trained on {escape(data)} data: {', '.join(systems)}."
    if unknown:
        yield f"Training data of {'the others' if trained else 'these'}: not stated."


def _line(name: str, cells: Sequence[str]) -> str:
    """The name takes the place of the cells before the first figure."""
    empty = next(place for place, cell in enumerate(cells) if cell)
    first = _across(empty + 1, name) if empty else wrapped(name)
    return line(first, cells[empty:])


def _across(columns: int, text: str) -> str:
    return rf"\multicolumn{{{columns}}}{{@{{}}l@{{}}}}{{{text}}}"


def _reported(one: Published | None, column: Column) -> str:
    if one is None or column.figure not in one.figures:
        return ""
    figure = one.figures[column.figure]
    if column.figure == "mean_auc_pauc" and one.sd is not None:
        return spread(_rounded(figure), _rounded(one.sd))
    return _rounded(figure)


def _rounded(figure: float) -> str:
    """A figure published with two decimals, in % with one."""
    return str(Decimal(f"{100 * figure:.2f}").quantize(Decimal("0.1"), ROUND_HALF_UP))


def _signs(one: Published) -> list[str]:
    true = (one.chosen_on_test, "pooled" in one.auc_kind, not one.verified)
    return [sign for sign, there in zip(_SIGNS, true, strict=True) if there]


def _sources(others: Sequence[Published]) -> Mapping[str, int]:
    """A number for each source."""
    sources = dict.fromkeys(one.source for one in others)
    return {source: number for number, source in enumerate(sources, start=1)}
