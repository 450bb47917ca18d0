"""What `asdbench score` shows and writes while files are scored."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

from asdbench.cli.results import say
from asdbench.cli.terminal import Terminal
from asdbench.cli.words import put
from asdbench.detector.detector import Detector
from asdbench.detector.recordings import recordings_in
from asdbench.detector.scoring import FileScore, ScoringRequest
from asdbench.detector.sharing import score_files
from asdbench.detector.table import COLUMNS, WINDOW_COLUMNS, Table, line, window_lines


class Shown:
    """Scores recordings, writes or prints the lines, and says what came of them."""

    def __init__(
        self,
        detector: Detector,
        recordings: Sequence[Path],
        *,
        out: Path | None,
        windows: Path | None,
        top: int,
    ) -> None:
        self._detector, self._files = detector, recordings_in(recordings)
        self._out = Table(out, COLUMNS) if out else None
        self._windows = Table(windows, WINDOW_COLUMNS) if windows else None
        self._where, self._count = out, top
        self._top: list[FileScore] = []
        self._failed: list[FileScore] = []
        self._done = self._alarms = self._warned = self._silent = 0

    def run(self, *, machine: str | None, id: str | None, overlap: float, jobs: int | None) -> int:
        """Score every file; how many could not be."""
        asked = ScoringRequest(machine, id, overlap)
        printed = None if self._out else csv.writer(SimpleNamespace(write=put), lineterminator="\n")
        if printed:
            printed.writerow(COLUMNS)
        with Terminal() as terminal:
            for one in score_files(self._detector, self._files, asked, jobs=jobs):
                if printed:
                    printed.writerow(line(one))
                self._keep(one)
                terminal.scoring(self._done, len(self._files))
        for table in (self._out, self._windows):
            if table:
                table.finish()
        for line_ in self.summary:
            say(line_)
        return len(self._failed) + self._silent

    @property
    def worst(self) -> list[FileScore]:
        """The most anomalous files, by how far they lie above the usual score of their machine."""
        return self._top

    @property
    def summary(self) -> list[str]:
        """What came of all files, and why some have no score."""
        failed = len(self._failed)
        where = f"; in {self._where}" if self._where else ""
        silent = f", {self._silent} silent" if self._silent else ""
        lines = [_unscored(one) for one in self._failed]
        return [
            *lines,
            f"{self._done - failed - self._silent} files scored, {failed} not{silent}; "
            f"{self._alarms} alarms at {self._detector.rule}, {self._warned} with warnings{where}",
        ]

    def unfinished(self) -> str:
        """Where the lines are of what was scored before it was stopped."""
        return f"; what was scored is in {self._out.part}" if self._out else ""

    def close(self) -> None:
        """End the files."""
        for table in (self._out, self._windows):
            if table:
                table.close()

    def _keep(self, one: FileScore) -> None:
        """Write it down; only the highest are kept, so that memory doesn't grow."""
        self._done += 1
        if self._out:
            self._out.write([line(one)])
        if one.scored is None:
            self._failed.append(one)
            return
        if self._windows:
            self._windows.write(list(window_lines(one.file, one.scored)))
        self._alarms += bool(one.scored.alarm)
        self._warned += bool(one.scored.warnings)
        self._silent += one.scored.score is None
        if one.scored.score is not None:
            self._top = sorted([*self._top, one], key=lambda each: -each.excess)[: self._count]


def _unscored(one: FileScore) -> str:
    """Why a file has no score, with its name."""
    said = " ".join(one.error.split())
    return f"not scored: {said if str(one.file) in said else f'{one.file}: {said}'}"
