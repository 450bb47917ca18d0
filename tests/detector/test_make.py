"""A detector is made whole or not at all, and of what a row has."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from small_detectors import detector, hiss, small_store, training

from asdbench.data.clips import Clips
from asdbench.detector.detector import Detector
from asdbench.detector.make import make, training_of
from asdbench.results.store import WEIGHTS, Store

FAN = {"machine": "fan", "id": "00"}


def test_a_detector_that_is_there_is_replaced_and_nothing_else(
    store: Store, small_clips: Clips, made: Path
) -> None:
    detector(store, small_clips, "knn", made)
    assert detector(store, None, "autoencoder", made).about.label == "autoencoder"
    assert not (made / "normal").exists()
    other = made.with_name("mine")
    other.mkdir()
    (other / "thesis.tex").write_text("years of work")
    with pytest.raises(ValueError, match="is there, and is no detector"):
        detector(store, None, "knn", other)
    assert (other / "thesis.tex").exists()


def test_a_failure_leaves_the_old_one(
    store: Store, small_clips: Clips, tmp_path: Path, made: Path
) -> None:
    detector(store, small_clips, "knn", made)
    copy = Store(Path(shutil.copytree(store.folder, tmp_path / "copy")))
    record = copy.row("autoencoder")
    assert record is not None
    (copy.cell_folder(record["repeats"][0][1]) / WEIGHTS).write_bytes(b"half")
    with pytest.raises(ValueError, match=r"weights\.safetensors isn't what was written"):
        detector(copy, small_clips, "autoencoder", made)
    assert Detector(made).about.label == "knn"
    assert [path.name for path in made.parent.glob(".*making*")] == []


def test_cells_of_an_older_asdbench_say_what_to_do(
    store: Store, tmp_path: Path, made: Path
) -> None:
    from safetensors.torch import save
    from torch import zeros

    copy = Store(Path(shutil.copytree(store.folder, tmp_path / "copy")))
    record = copy.row("autoencoder")
    assert record is not None
    folder = copy.cell_folder(record["repeats"][0][0])
    (folder / "train_scores.csv").unlink()
    with pytest.raises(ValueError, match=r"no scores of training clips.*--force"):
        detector(copy, None, "autoencoder", made)
    (folder / WEIGHTS).write_bytes(save({"network_.weight": zeros(1)}))
    cell = json.loads((folder / "cell.json").read_text())
    del cell["files"][WEIGHTS]  # of older cells, weights have no hash
    (folder / "cell.json").write_text(json.dumps(cell))
    with pytest.raises(ValueError, match=r"older asdbench.*--force"):
        detector(copy, None, "autoencoder", made)


def test_a_method_that_cant_be_kept_runs_and_says_why_it_is_no_detector(
    tmp_path: Path, small_clips: Clips, made: Path
) -> None:
    file = tmp_path / "closed.py"
    file.write_text(CLOSED)
    store = small_store(tmp_path / "runs", small_clips, str(file))
    with pytest.raises(ValueError, match=r"far_: .*lambda.*asdbench check"):
        detector(store, None, "closed", made)


def test_several_members_score_together(store: Store, small_clips: Clips, made: Path) -> None:
    loaded = detector(store, small_clips, "autoencoder", made, repeats="all")
    assert len(loaded.about.members) == 2
    found = loaded.score(hiss(), 16000, **FAN)
    assert found.score is not None
    readme = (made / "README.md").read_text()
    assert "all 2 repeats, their standardised scores averaged" in readme


def test_thresholds_that_are_found_later_are_the_same(store: Store, made: Path) -> None:
    detector(store, None, "autoencoder", made)
    asked = {"repeats": "first", "threshold": "gamma", "training": None}
    later = make(store, "autoencoder", made.with_name("later"), limits=False, **asked)
    assert Detector(made).about.limits
    assert not Detector(later).about.limits
    assert Detector(later).threshold == Detector(made).threshold


def test_training_clips_are_found_again_and_others_refused(
    tmp_path: Path, wav_tree: Any, caplog: pytest.LogCaptureFixture
) -> None:
    import asdbench

    tree = wav_tree(train=4)
    done = asdbench.run("smoke", methods=["knn"], data=tree, repeats=1, out=tmp_path / "runs")
    assert not done.failed
    record = Store(tmp_path / "runs").row("knn")
    assert record is not None
    known = training_of(record, None, lambda *_: None)
    assert known is not None
    assert len(known.clips) == 4 * 2
    moved = tree.rename(tree.with_name("moved"))
    assert training_of(record, None, lambda *_: None) is None
    assert "--data says where they are now" in caplog.text
    assert training_of(record, moved, lambda *_: None) is not None
    next(moved.rglob("train/*.wav")).unlink()
    with pytest.raises(ValueError, match="other training clips than knn was fitted to"):
        training_of(record, moved, lambda *_: None)


def test_a_wrong_threshold_is_an_error_before_anything_is_written(
    store: Store, small_clips: Clips, made: Path
) -> None:
    with pytest.raises(ValueError, match=r"quantile:0\.99"):
        make(store, "knn", made, repeats="first", threshold="0.5", training=training(small_clips))
    assert not made.exists()


CLOSED = '''
from dataclasses import dataclass
from typing import ClassVar

from asdbench import Clips, Context, Scope


@dataclass
class Closed:
    """Keeps what can't be kept."""

    scope: ClassVar[Scope] = "machine"

    def fit(self, train: Clips, context: Context) -> None:
        self.far_ = lambda x: x

    def score(self, test: Clips):
        return self.far_(test.waves().std(dim=1).double().numpy())
'''
