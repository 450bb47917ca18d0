"""``submission.toml``: what its authors say of a submission."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from asdbench.config.schema import build
from asdbench.submission.guard import RefusedError, read_text

ABOUT = "submission.toml"
SOURCE = "source"  # the folder of methods' own files
_LONGEST = 4000  # letters of a text

TEMPLATE = """\
# What the board says of these rows. `asdbench submission check` tells what is missing.
title = ""        # of the system, in a few words
authors = []      # ["Ada Lovelace", "Grace Hopper"]
team = ""         # keeps your rows apart from others' of the same name; don't change it later
description = ""  # what it does, in a few sentences
paper = ""        # https://... ; may stay empty where there is code
code = ""         # https://... ; may stay empty where the method's source is in source/
"""
TOLD = """
# What one repeat of {label} took. asdbench didn't run it, so it is taken as you tell it:
# [cost.{key}]
# fit_seconds = 0.0   # training of a repeat
# score_ms = 0.0      # milliseconds to score a clip
# parameters = 0      # of its networks; leave the line out where there are none
# multiply_adds = 0   # of its networks, to score a clip
"""


@dataclass(frozen=True)
class ToldCost:
    """What a row took, as its authors tell it; the same as a board's ``Cost``."""

    fit_seconds: float
    score_ms: float
    parameters: int | None = None
    multiply_adds: int | None = None


@dataclass(frozen=True)
class About:
    """What is said of all rows of a submission; ``cost`` by label, of rows that tell none."""

    title: str = ""
    authors: tuple[str, ...] = ()
    team: str = ""
    description: str = ""
    paper: str = ""
    code: str = ""
    cost: Mapping[str, ToldCost] = field(default_factory=dict)

    @property
    def texts(self) -> Mapping[str, str]:
        """Its texts by name."""
        names = ("title", "team", "description", "paper", "code")
        return {name: getattr(self, name) for name in names}

    @property
    def links(self) -> Mapping[str, str]:
        """The addresses that are filled in."""
        return {name: text for name in ("paper", "code") if (text := self.texts[name])}


def about_of(folder: Path) -> About | None:
    """What a submission says of itself; None where the folder is none.

    Raises ``RefusedError`` where the file isn't as it should be.
    """
    path = folder / ABOUT
    if not path.exists() and not path.is_symlink():
        return None
    try:
        about = build(About, tomllib.loads(read_text(folder, ABOUT)), ABOUT)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise RefusedError(f"{ABOUT} is no TOML: {error}") from None
    except RefusedError:
        raise
    except ValueError as error:
        raise RefusedError(str(error)) from None
    for name, text in {**about.texts, **{f"authors.{a}": a for a in about.authors}}.items():
        if len(text) > _LONGEST:
            raise RefusedError(f"{ABOUT}: {name[:40]} has more than {_LONGEST} letters")
    for label, cost in about.cost.items():
        told = (cost.fit_seconds, cost.score_ms, cost.parameters or 0, cost.multiply_adds or 0)
        if not all(0 <= one <= 10**18 for one in told):
            raise RefusedError(f"{ABOUT}: cost.{label} has a number that can't be")
    return about


def is_link(text: str) -> bool:
    """Whether this is an address of the web, complete."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    plain = text.isprintable() and not set(text) & set(" \"'<>\\`")
    return plain and parts.scheme in {"http", "https"} and "." in parts.netloc
