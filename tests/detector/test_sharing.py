"""Files scored by several processes: the same, in the same order, whatever becomes of one."""

from __future__ import annotations

from pathlib import Path

import pytest
import soundfile
from small_detectors import hiss

from asdbench.detector import sharing
from asdbench.detector.detector import Detector
from asdbench.detector.scoring import ScoringRequest, scores_of
from asdbench.detector.sharing import score_files

ASKED = ScoringRequest("fan", "00")


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Eleven files, one of them broken, of which processes take three at a time."""
    monkeypatch.setattr(sharing, "A_BLOCK", 3)
    found = [tmp_path / f"{number:02d}.wav" for number in range(11)]
    for number, file in enumerate(found):
        soundfile.write(file, hiss(seed=number), 16000)
    found[4].write_text("no sound")
    return found


def test_the_same_scores_in_the_same_order(knn: Detector, files: list[Path]) -> None:
    shared = list(score_files(knn, files, ASKED, jobs=2))
    assert shared == list(scores_of(knn, files, ASKED))
    assert [one.file for one in shared] == files
    assert sum(one.scored is None for one in shared) == 1


def test_a_process_that_ends_costs_the_files_that_it_had(
    knn: Detector, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(sharing.Child):
        """The first process of all is killed at once."""

        count = 0

        def __init__(self, module: str, variables: dict[str, str]) -> None:
            super().__init__(module, variables)
            Killed.count += 1
            if Killed.count == 1:
                self.process.kill()
                self.process.wait()

    monkeypatch.setattr(sharing, "Child", Killed)
    found = list(score_files(knn, files, ASKED, jobs=2))
    assert [one.file for one in found] == files
    assert [one.scored is None for one in found] == [True] * 3 + [False, True, False] + [
        *([True] * 3),
        *([False] * 2),
    ]
    assert "the process that had it ended" in found[0].error


def test_what_a_process_cant_load_is_said_of_its_files(
    knn: Detector, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(knn, "rule", "no rule at all")
    found = list(score_files(knn, files, ASKED, jobs=2))
    assert all("no rule at all" in one.error for one in found)


def test_few_files_need_no_process(
    knn: Detector, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharing, "Child", None)  # none can be started
    assert len(list(score_files(knn, files, ASKED))) == 11
    assert len(list(score_files(knn, files[:3], ASKED, jobs=8))) == 3
