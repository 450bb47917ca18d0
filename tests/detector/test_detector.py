"""A loaded detector scores as the run did, and says where a score stands."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from small_detectors import ROWS, detector, hiss, small_store, training

from asdbench.data.clips import Clips
from asdbench.detector.detector import Detector
from asdbench.detector.members import lent
from asdbench.detector.references import samples_of
from asdbench.results.store import Store
from asdbench.training.restored import restore
from asdbench.training.saved import read_fitted

FAN = {"machine": "fan", "id": "00"}


@pytest.mark.parametrize("row", ROWS)
def test_restored_scores_are_the_runs_to_the_last_bit(
    store: Store, small_clips: Clips, made: Path, row: str
) -> None:
    """As the run had them: all test clips of a fit, in the same order."""
    loaded = detector(store, small_clips, row, made)
    record = store.row(row)
    assert record is not None
    for name in record["repeats"][0]:
        machine = (store.cell(name) or {})["cell"]["machine"]
        here = small_clips.where(split="test", **({"machine": machine} if machine else {}))
        found = loaded.members.of(0, machine or "fan").score(here.blind())
        kept = {(s.machine, s.id, s.clip): s.score for s in store.scores(name)}
        wanted = [kept[clip.machine, clip.id, str(clip.name)] for clip in here]
        assert np.asarray(found, dtype=np.float64).tolist() == wanted


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("repeats", ["first", "all"])
def test_a_recordings_score_is_that_of_the_clip(
    store: Store, small_clips: Clips, made: Path, row: str, repeats: str
) -> None:
    loaded = detector(store, small_clips, row, made, repeats=repeats)
    test = small_clips.where(split="test", machine="fan", id="00")
    alone = [loaded.score(x, 16000, **FAN).score for x in samples_of(test)]
    record = store.row(row)
    assert record is not None
    kept = [
        {(s.machine, s.id, s.clip): s.score for name in names for s in store.scores(name)}
        for names in record["repeats"]
    ]
    of_members = np.array(
        [[repeat["fan", "00", str(clip.name)] for clip in test] for repeat in kept]
    )[: len(loaded.about.members)]
    wanted = loaded.standings.of(("fan", "00")).combined(of_members)
    np.testing.assert_allclose(np.array(alone, dtype=float), wanted, rtol=1e-4)


def test_where_a_score_stands(knn: Detector, small_clips: Clips) -> None:
    train = small_clips.where(split="train", machine="fan", id="00")
    known = knn.score(samples_of(train)[0], 16000, **FAN)
    assert known.score == pytest.approx(0, abs=1e-6)  # it is its own nearest neighbour
    assert known.percentile == 0
    assert known.alarm is False
    assert known.warnings == ()
    loud = knn.score(hiss(), 16000, **FAN)
    assert loud.alarm
    assert loud.percentile == 100
    assert loud.score is not None
    assert loud.score > loud.threshold.value == knn.threshold["fan", "00"].value
    assert loud.excess > 1


def test_a_long_recording_has_scores_over_time(knn: Detector, small_clips: Clips) -> None:
    normal = samples_of(small_clips.where(split="train", machine="fan", id="00"))
    sound = np.concatenate([normal[0], (hiss() * 32768).astype(np.int16), normal[1]])
    found = knn.score(sound, 16000, **FAN)
    assert [window.start for window in found.windows] == [0, 0.5, 1, 1.5, 2]
    assert found.at == 1
    assert found.score == max(window.score or 0 for window in found.windows)
    assert found.alarms == 3  # the noise is in three of them
    apart = knn.score(sound, 16000, overlap=0.0, **FAN)
    assert [window.alarm for window in apart.windows] == [False, True, False]


def test_a_dead_microphone_has_no_score(knn: Detector) -> None:
    found = knn.score(np.zeros(16000, np.int16), 16000, **FAN)
    assert (found.score, found.percentile, found.alarm) == (None, None, None)
    assert "dead" in found.warnings[0]
    half = knn.score(np.concatenate([np.zeros(16000), hiss()]), 16000, overlap=0.0, **FAN)
    assert half.at == 1
    assert any("(1 of 2 windows)" in text for text in half.warnings)


def test_another_rate_and_an_unknown_id_are_said(knn: Detector) -> None:
    found = knn.score(hiss()[:8000], 8000, machine="fan", id="07")
    assert any("ID 07 was never trained on" in text for text in found.warnings)
    assert any("resampled from 8000 Hz" in text for text in found.warnings)
    assert found.score is not None


def test_what_it_was_trained_on_is_no_trouble(store: Store, small_clips: Clips, made: Path) -> None:
    told = training(small_clips)._replace(notes=("resampled from 8000 Hz to 16000 Hz",))
    loaded = detector(store, small_clips, "knn", made, training=told)
    found = loaded.score(hiss()[:8000], 8000, **FAN)
    assert not any("resampled" in text for text in found.warnings)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"machine": "saw"}, "no machine type 'saw'"),
        ({}, "which machine type is it"),
        ({"machine": "fan"}, "which fan is it: 00, 02"),
        ({**FAN, "overlap": 1.0}, r"overlap = 1\.0"),
    ],
)
def test_impossible_questions(knn: Detector, asked: dict[str, str], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        knn.score(hiss(), 16000, **asked)  # type: ignore[arg-type]


def test_without_training_clips_it_scores_and_can_tell_less(store: Store, made: Path) -> None:
    loaded = detector(store, None, "knn", made)
    found = loaded.score(hiss(), 16000, **FAN)
    assert found.alarm
    assert found.warnings == ()


def test_another_threshold_and_device(store: Store, small_clips: Clips, made: Path) -> None:
    detector(store, small_clips, "knn", made)
    strict = Detector(made, threshold="quantile:0.99").threshold["fan", "00"]
    assert strict.rule == "quantile:0.99"
    assert not strict.kept  # of four clips
    for device, says in (("cuda", "there is none"), ("tpu", "give cpu or cuda")):
        with pytest.raises(ValueError, match=says):
            Detector(made, device=device)


def test_threads_are_given_back(knn: Detector) -> None:
    torch.set_num_threads(2)
    try:
        knn.score(hiss(), 16000, **FAN)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(1)


def test_an_own_file_goes_with_the_detector(tmp_path: Path, small_clips: Clips) -> None:
    file = tmp_path / "louder.py"
    file.write_text(LOUDER)
    store = small_store(tmp_path / "runs", small_clips, str(file))
    made = detector(store, small_clips, "louder", tmp_path / "made").folder
    file.unlink()
    found = Detector(made).score(hiss(), 16000, **FAN)
    assert found.score == pytest.approx(2 * 0.1, rel=0.05)
    assert (made / "parts/louder.py").read_text() == LOUDER


def test_scoring_imports_neither_mlflow_nor_optuna(knn: Detector) -> None:
    code = (
        f"import asdbench, numpy, sys; d = asdbench.load_detector({str(knn.folder)!r}); "
        "d.score(numpy.random.rand(16000), 16000, machine='fan', id='00'); "
        "print(sorted({'mlflow', 'optuna', 'matplotlib', 'pandas', 'ray'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_part_is_a_fitted_method(store: Store, small_clips: Clips, made: Path) -> None:
    """What a cell keeps is all that a part is."""
    about = detector(store, small_clips, "autoencoder", made).about
    from asdbench.config import plugins

    cls = plugins.load(plugins.METHODS, "autoencoder")
    known = read_fitted(made / about.members[0].parts["fan"])
    method = restore(cls, known, lent(made, about.numerics))
    assert method.epochs == 1
    assert sum(x.numel() for x in method.network_.parameters()) > 1000


LOUDER = '''
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from asdbench import Clips, Context, Scope


@dataclass
class Louder:
    """Louder is more anomalous."""

    scope: ClassVar[Scope] = "machine"

    def fit(self, train: Clips, context: Context) -> None:
        self.twice_ = twice

    def score(self, test: Clips):
        return self.twice_(test.waves().std(dim=1).double().numpy())


def twice(x):
    return 2 * x
'''
