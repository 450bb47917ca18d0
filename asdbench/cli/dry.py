"""What a dry run says below its plan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from asdbench.cli.words import many, size

if TYPE_CHECKING:
    from asdbench.execution.dry_run import DryRun


def dry_lines(found: DryRun) -> Iterator[str]:
    """Where its figures come from, what it takes of which disk, and that nothing was run."""
    missing = sum(row.cells - row.done for row in found.planned.rows)
    unknown = [row.label for row in found.planned.rows if row.seconds is None]
    if found.elsewhere:
        yield (
            f"time of {', '.join(found.elsewhere)}: as other output folders beside this one had "
            "it, by how much sound there is"
        )
    if unknown:
        yield (
            f"no cell of {', '.join(unknown)} was run here before; a run says how long the rest "
            "takes after the first epochs"
        )
    if not found.decoded:
        yield (
            f"{many(found.clips, 'clip')} to decode into {found.cache}: {size(found.cache_size)}, "
            f"{size(found.cache_free)} are free; which cells are done is known only then"
        )
    if missing:
        some = "" if found.whole else " and the weights"
        yield (
            f"{many(missing, 'cell')} to run, in {found.folder}: about {size(found.size)}{some}, "
            f"{size(found.free)} are free"
        )
    else:
        yield f"nothing to run: all is done in {found.folder}"
    yield from (f"left out: {problem}" for problem in found.broken)
    if not found.fits:
        yield "the disk is too small for it"
    yield "nothing was run, and nothing written there"
