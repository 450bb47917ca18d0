"""`asdbench.tune` in a process that is killed three times: the study that nobody stopped."""

from __future__ import annotations

import multiprocessing
import os
import signal
from pathlib import Path

from studies import TRIALS, cells, chosen, quick_databases, study_in, tuned

from asdbench.engines.events import Started
from asdbench.execution.progress import Event, Running
from asdbench.tuning import tune

TRIALS_RUN, CHOICE, REPORT = "", "the best against the default", "the true figures of all trials"


def killed(folder: str, out: str, phase: str, at: int) -> None:
    """Tunes, and is no more when this cell of this phase begins."""
    now, begun = "", 0

    def on_event(event: Event) -> None:
        nonlocal now, begun
        if isinstance(event, Running):
            now, begun = event.what, 0
        if isinstance(event, Started) and (now.startswith(phase) if phase else not now):
            begun += 1
            if begun == at:
                os.kill(os.getpid(), signal.SIGKILL)

    with quick_databases():
        tuned(Path(folder), out=out, on_event=on_event)


def test_a_study_killed_three_times_is_the_study_that_nobody_stopped(place: Path) -> None:
    out = place / "killed"
    # Processes that know nothing of this one; what they import, they import once.
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([tune.__name__, "asdbench.engines.preload"])
    kept: dict[str, int] = {}
    for phase, at in ((TRIALS_RUN, 2), (CHOICE, 3), (REPORT, 4)):
        process = processes.Process(target=killed, args=(str(place), "killed", phase, at))
        process.start()
        process.join()
        assert process.exitcode == -signal.SIGKILL
        assert (out / "tuned").exists() == (phase == REPORT)  # the choice is made by then
        now = cells(out)
        assert kept.items() < now.items()
        kept = now
    again = tuned(place, out="killed")
    assert kept.items() < cells(out).items()  # none was written a second time
    assert set(cells(out)) == set(cells(place / "whole"))
    assert study_in(out) == study_in(place / "whole")
    assert [number for number, *_ in study_in(out)] == list(range(TRIALS))
    assert chosen(out) == chosen(place / "whole")
    report = again.report.replace("killed/", "whole/").replace("--out killed", "--out whole")
    assert report == (place / "whole.txt").read_text()
