"""Results by kind of clip in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from asdbench.evaluation import ALPHA, Interval, Row, Slice

from ._kinds import leading
from ._pipes import escape, table
from ._text import covers, percent


def by_kind(
    rows: Mapping[str, Row], kinds: Mapping[str, Sequence[Slice]], question: str
) -> Iterator[str]:
    """A table a tag, folded: rows, by how they are written, by values."""
    yield from ("<details>", "<summary>AUC by kind of clip</summary>", "")
    yield (
        "With 95 % intervals. Bold: the row that hears a kind best, and those that can't be told "
        f"from it {covers(question)} (Holm's correction for the rows, {100 * ALPHA:.0f} %)."
    )
    for tag, slices in kinds.items():
        lines = [
            [name, *(_on_kind(one, row, question) for one in slices)] for name, row in rows.items()
        ]
        lines.append(["anomalous clips", *(str(one.anomalous) for one in slices)])
        headers = [escape(tag), *(escape(one.value) for one in slices)]
        yield ""
        yield table(lines, headers, ["left", *["right"] * len(slices)])
    yield from ("", "</details>")


def _on_kind(one: Slice, row: Row, question: str) -> str:
    found = one.rows.get(row.label)
    if found is None:
        return "-"
    shown = percent(found.mean)
    shown = f"**{shown}**" if row.label in leading(one, question) else shown
    ends: Interval | None = getattr(found, question)
    return f"{shown} ({100 * ends.low:.0f} to {100 * ends.high:.0f})" if ends else shown
