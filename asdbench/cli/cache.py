"""``asdbench cache``: what is in the cache, how much that may be, and less of it."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from typing import Annotated

import typer

from asdbench.cli.words import echo, many, size
from asdbench.config import cache as kept
from asdbench.config.system import cache_folder

cache = typer.Typer(
    no_args_is_help=True, help="Look at what is kept of decoded recordings, limit it, sweep it."
)
UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


@cache.command()
def show() -> None:
    """Say what is in the cache, and how much it may be."""
    files = kept.cache_files()
    whole = sum(file.size for file in files)
    echo(f"{cache_folder()}: {size(whole)} of at most {size(kept.limit())}")
    for kind, of_kind in _kinds(files).items():
        if of_kind:
            days = (time.time() - of_kind[0].used) / 86400
            counted = f"{many(len(of_kind), 'file')}, {size(sum(f.size for f in of_kind))}"
            echo(f"  {kind}: {counted}, the oldest used {max(0, round(days))} days ago")


@cache.command()
def limit(most: Annotated[str, typer.Argument(metavar="SIZE", help="As 20GB.")]) -> None:
    """Set how much the cache may be; what is more goes, the oldest first."""
    kept.set_limit(_bytes_of(most))
    _sweep(None, f"at most {size(kept.limit())} from now on; ")


@cache.command()
def sweep(
    to: Annotated[
        str | None, typer.Option(help="How much may stay: 0, or 5GB.", show_default="the limit")
    ] = None,
) -> None:
    """Delete what was used longest ago, and what killed commands left; what is in use stays."""
    _sweep(None if to is None else _bytes_of(to))


def _sweep(most: int | None, said: str = "") -> None:
    gone = kept.sweep(most)
    left = sum(file.size for file in kept.cache_files())
    went = f"{many(len(gone), 'file')}, {size(sum(file.size for file in gone))}, deleted"
    echo(f"{said}{went if gone else 'nothing deleted'}; {size(left)} in {cache_folder()}")


def _kinds(files: Sequence[kept.CacheFile]) -> dict[str, list[kept.CacheFile]]:
    kinds: dict[str, list[kept.CacheFile]] = {"decoded clips": [], "half-made": [], "other": []}
    for file in files:
        kind = "decoded clips" if file.path.suffix == ".bank" else "other"
        kinds["half-made" if file.half_made else kind].append(file)
    return kinds


def _bytes_of(text: str) -> int:
    """A size in words. Raises ``ValueError`` for what is none."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)B?", text.strip(), re.IGNORECASE)
    if not found:
        raise ValueError(f"{text!r} is no size; write it as 20GB, 500MB or 0")
    return round(float(found[1]) * UNITS[found[2].upper()])
