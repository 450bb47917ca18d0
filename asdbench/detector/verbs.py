"""What anybody does with detectors in Python: make one of a row, and load it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from asdbench.config.defaults import DEMO, RUNS
from asdbench.detector.chosen import FIRST, chosen
from asdbench.detector.detector import Detector
from asdbench.detector.make import make, training_of
from asdbench.results.store import Store


def make_detector(
    row: str,
    out: str | Path = RUNS / DEMO,
    *,
    to: str | Path,
    repeats: str = FIRST,
    threshold: str = "gamma",
    data: str | Path | None = None,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Detector:
    """Make a detector of a row of an output folder.

    Args:
        row: The row's label.
        out: The output folder.
        to: The detector's folder; a detector that is there is replaced.
        repeats: "first", "all" (put together), a number from 0, or "best": chosen by test figures,
            which the detector then says.
        threshold: "gamma", "quantile:0.99" or "alarms:1"; see ``docs/use-the-winner.md``.
        data: Where the row's training clips are now, if they were moved.
        progress: Is told how many of how many clips are listened to.

    Raises:
        ValueError: where there is no such row, it was imported, or can't be restored.

    Example:
        >>> import asdbench
        >>> done = asdbench.run("smoke", methods=["knn"], repeats=1)
        >>> asdbench.make_detector("knn", "runs/smoke", to="detector").machines[0]
        ('fan', '00')
    """
    store = Store.existing(out)
    record = chosen(store, row, repeats).record  # before the clips are read
    training = training_of(record, Path(data) if data else None, progress)
    folder = make(
        store,
        row,
        Path(to),
        repeats=repeats,
        threshold=threshold,
        training=training,
        progress=progress,
    )
    return Detector(folder)


def load_detector(
    folder: str | Path, *, device: str | None = None, threshold: str | None = None
) -> Detector:
    """A detector that was made.

    Args:
        folder: Its folder.
        device: "cpu" or "cuda"; by default where it was fitted, or the CPU.
        threshold: Another one than it was made with: "gamma", "quantile:0.99" or "alarms:1".

    Raises:
        ValueError: where there is none, or a file of it is missing or has changed.

    Example:
        >>> import asdbench
        >>> done = asdbench.run("smoke", methods=["knn"], repeats=1)
        >>> made = asdbench.make_detector("knn", "runs/smoke", to="detector")
        >>> d = asdbench.load_detector("detector", threshold="quantile:0.9")
        >>> d.threshold["fan", "00"].rule
        'quantile:0.9'
    """
    return Detector(Path(folder), device=device, threshold=threshold)
