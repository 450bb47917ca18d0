"""Score files as systems elsewhere hand them in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pytest

from asdbench.data.clips import Clip
from asdbench.data.dcase import facts

Scores = dict[Clip, float]


def official(subset: str) -> list[Clip]:
    """The test clips of a subset of DCASE 2020."""
    return [
        Clip(clip.machine, clip.id, subset, "test", truth.anomalous, clip.name)
        for clip, truth in facts.official_test_clips(2020, subset).items()
    ]


DEVELOPMENT, EVALUATION = official("development"), official("evaluation")


def drawn(clips: Iterable[Clip], seed: int = 0) -> Scores:
    """Random scores; anomalies are a little higher."""
    rng = np.random.default_rng(seed)
    return {clip: float(rng.normal(0.7 * bool(clip.anomalous))) for clip in clips}


def hand_in(folder: Path, scores: Mapping[Clip, float], *, header: str = "") -> Path:
    """Writes score files as a system elsewhere would."""
    folder.mkdir(parents=True, exist_ok=True)
    texts: dict[str, str] = {}
    for clip, score in scores.items():
        file = f"anomaly_score_{clip.machine}_id_{clip.id}.csv"
        texts[file] = texts.get(file, header) + f"{clip.name},{score!r}\n"
    for file, text in texts.items():
        (folder / file).write_text(text)
    return folder


def said(error: pytest.ExceptionInfo[ValueError]) -> str:
    """What an error says, in one line."""
    text = str(error.value)
    assert "\n" not in text
    return text
