"""A detector as MLflow serves it: the same scores as from the detector, row by row."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from recorded import RATE, sound
from small_runs import planned, ran

from asdbench.data.clips import Clips
from asdbench.detector import served
from asdbench.detector.detector import Detector
from asdbench.detector.make import make

SILENCE = np.zeros(RATE)


def made(clips: Clips, folder: Path) -> Path:
    """A detector of nearest neighbours that knows these clips' machines."""
    store, failed = ran(folder / "o", clips, planned(clips, "knn", repeats=1))
    assert failed == ()
    return make(
        store, "knn", folder / "detector", repeats="first", threshold="gamma", training=None
    )


@pytest.fixture(scope="module")
def detector(tmp_path_factory: pytest.TempPathFactory, small_clips: Clips) -> Path:
    return made(small_clips, tmp_path_factory.mktemp("served"))


def wave(*, anomalous: bool = False, index: int = 50) -> np.ndarray:
    """A second of the machine that every test here is about, in [-1, 1]."""
    return sound("fan", "00", anomalous, index) / 32768


def table(*samples: Any, **columns: Any) -> pd.DataFrame:
    """Recordings of one machine."""
    one = {"rate": RATE, "machine": "fan", "id": "00"}
    return pd.DataFrame({"samples": list(samples), **one, **columns})


def test_it_scores_as_the_detector_does_row_by_row(detector: Path) -> None:
    waves = [wave(), wave(anomalous=True), np.tile(wave(index=51), 3)]
    asked = table(*waves, rate=[RATE, RATE, 2 * RATE]).set_index(pd.Index([7, 3, 5]))
    found = served._load_pyfunc(str(detector)).predict(asked)
    loaded = Detector(detector)
    assert list(found.columns) == list(served.SCORED)
    assert list(found.index) == [7, 3, 5]
    for row, samples, rate in zip(found.itertuples(), waves, asked["rate"], strict=True):
        one = loaded.score(samples, int(rate), machine="fan", id="00")
        assert (row.score, row.percentile, row.alarm) == (one.score, one.percentile, one.alarm)
        assert (row.threshold, row.at) == (one.threshold.value, one.at)
        assert row.warnings == "; ".join(one.warnings)
    assert found["score"][3] > found["score"][7]
    assert "resampled from 32000 Hz" in found["warnings"].iloc[2]


def test_where_there_is_nothing_to_score_it_says_so_in_json_too(detector: Path) -> None:
    found = served._load_pyfunc(str(detector)).predict(table(wave(), SILENCE))
    rows = json.loads(json.dumps(found.to_dict(orient="records"), allow_nan=False))
    assert rows[0]["score"] > 0
    assert (rows[1]["score"], rows[1]["percentile"], rows[1]["alarm"]) == (None, None, None)
    assert rows[1]["threshold"] == rows[0]["threshold"]
    assert rows[1]["warnings"].startswith("silent: ")


def test_lists_as_json_has_them_are_samples_too(detector: Path) -> None:
    model = served._load_pyfunc(str(detector))
    as_array, as_list, whole, as_int16 = model.predict(
        table(wave(), wave().tolist(), [0, 1] * (RATE // 2), sound("fan", "00", False, 50))
    )["score"]
    assert as_array == as_list == as_int16
    assert whole > as_list


def test_a_machine_may_be_left_out_where_there_is_one_only(
    detector: Path, small_clips: Clips, tmp_path: Path
) -> None:
    lone = Detector(made(small_clips.where(machine="fan", id="00"), tmp_path))
    expected = lone.score(wave(), RATE).score
    full = table(wave())
    for asked in (full, full.assign(machine=None, id=None), full.drop(columns=["machine", "id"])):
        assert list(served.Served(lone).predict(asked)["score"]) == [expected]
    with pytest.raises(ValueError, match=r"^row 0: which machine"):
        served._load_pyfunc(str(detector)).predict(full.drop(columns="machine"))


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"samples": []}, "samples of shape"),
        ({"samples": [0.1, float("nan")]}, "NaN"),
        ({"samples": ["loud"]}, "samples aren't numbers"),
        ({"samples": [[0.1], [0.1, 0.2]]}, "samples aren't numbers"),
        ({"samples": None}, "samples of shape"),
        ({"rate": 0}, "rate = 0"),
        ({"machine": "boat"}, "no machine type 'boat'"),
    ],
)
def test_a_bad_row_is_named(detector: Path, bad: dict[str, Any], said: str) -> None:
    one = {"samples": wave(), "rate": RATE, "machine": "fan", "id": "00"}
    with pytest.raises(ValueError, match=rf"^row 2: .*{said}"):
        served._load_pyfunc(str(detector)).predict(pd.DataFrame([one, one, one | bad]))


def test_a_table_without_its_columns_is_refused_and_an_empty_one_is_not(detector: Path) -> None:
    model = served._load_pyfunc(str(detector))
    with pytest.raises(ValueError, match="no column samples or rate; give samples, rate, machine"):
        model.predict(pd.DataFrame({"machine": ["fan"]}))
    found = model.predict(table())
    assert (list(found.columns), len(found)) == (list(served.SCORED), 0)


def test_mlflow_is_not_needed() -> None:
    code = "import sys, asdbench.detector.served; print('mlflow' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
