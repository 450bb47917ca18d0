"""Evaluation: from scored clips to a board; pure functions and frozen data, no torch, no files."""

from asdbench.evaluation.board import SUBSETS, VERSION, Board, Curve, System
from asdbench.evaluation.breakdown import Agreement, Behind, FoundBy, Slice
from asdbench.evaluation.caution import caution
from asdbench.evaluation.cost import Cost, frontier
from asdbench.evaluation.figures import (
    ALPHA,
    FIGURES,
    QUESTIONS,
    RANKS,
    Difference,
    Histogram,
    IdFigures,
    Interval,
    MachineFigures,
    Pair,
    Row,
    Spread,
    figure_of,
    rivals,
)
from asdbench.evaluation.protocols import DECIDED, EVERY, NAMES, OFFICIAL, PROTOCOLS, meaning
from asdbench.evaluation.scales import in_order, is_scale
from asdbench.evaluation.schema import board_schema

__all__ = [
    "ALPHA",
    "DECIDED",
    "EVERY",
    "FIGURES",
    "NAMES",
    "OFFICIAL",
    "PROTOCOLS",
    "QUESTIONS",
    "RANKS",
    "SUBSETS",
    "VERSION",
    "Agreement",
    "Behind",
    "Board",
    "Cost",
    "Curve",
    "Difference",
    "FoundBy",
    "Histogram",
    "IdFigures",
    "Interval",
    "MachineFigures",
    "Pair",
    "Row",
    "Slice",
    "Spread",
    "System",
    "board_schema",
    "caution",
    "figure_of",
    "frontier",
    "in_order",
    "is_scale",
    "meaning",
    "rivals",
]
