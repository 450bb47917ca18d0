"""What results on disk are found by: it may not change, or nothing that is done counts as done."""

from __future__ import annotations

from pathlib import Path

from asdbench.config.experiment import read, resolve
from asdbench.config.selection import choose
from asdbench.data.clips import Clip
from asdbench.data.loading import dataset_of, load
from asdbench.execution.plan import plan
from asdbench.results.records import Cell, Outcome, Score
from asdbench.results.store import Store

SMOKE = """\
id_classifier-all-r0-2e4d132e615e7d9d
id_contrastive-all-r0-9f87feb6c06ab42d
simclr-all-r0-de71dae7b352b4eb
autoencoder-fan-r0-2efcabe9e57a1b82
autoencoder-valve-r0-27f1e5111fbe94c7
knn-fan-r0-3eb8385d63042c82
knn-valve-r0-d61afb0da457991c
id_classifier-all-r1-3e0431c0c3606b9a
id_contrastive-all-r1-3caab91e3d1d5afd
simclr-all-r1-818d07e7cf312349
autoencoder-fan-r1-320d796b6176f404
autoencoder-valve-r1-cf6785c7645cfacb
knn-fan-r1-2c1d8213addba502
knn-valve-r1-f182db883454b57b
"""


def _smoke() -> tuple[Cell, ...]:
    on_cpu = {"device": "cpu", "precision": "float32"}
    name, experiment = read("smoke", [{"numerics": on_cpu}])
    loaded = load(dataset_of(experiment.dataset).recordings(), experiment.frontend)
    clips, frontend = loaded.clips, loaded.frontend
    recipe = resolve(experiment, name, frontend=frontend, numerics=experiment.numerics)
    return plan(recipe, choose(experiment, ["all"]), clips).cells


def test_the_cells_of_smoke_keep_their_names_and_so_their_keys() -> None:
    assert [cell.name for cell in _smoke()] == SMOKE.split()


def test_what_a_cell_leaves_keeps_its_bytes(tmp_path: Path) -> None:
    cell = next(cell for cell in _smoke() if cell.method == "knn")
    clips = [
        Clip("fan", "00", "development", "test", anomalous, name)
        for anomalous, name in ((True, "b.wav"), (False, "a.wav"), (None, "c,d.wav"))
    ]
    store = Store(tmp_path)
    history = [{"stage": "train", "epoch": 1, "loss": 0.5}, {"stage": "tune", "epoch": 1, "lr": 1}]
    outcome = Outcome([0.1, 1 / 3, 2.0], history, b"weights", 1.5, {"cpu": "a", "gpu": None})
    scores = [Score.of(clip, score) for clip, score in zip(clips, outcome.scores, strict=True)]
    store.keep(cell, scores, outcome)
    folder = tmp_path / "cells" / cell.name
    assert (folder / "cell.json").read_text() == CELL_JSON
    assert (folder / "scores.csv").read_text() == (
        "machine,id,subset,clip,anomalous,score\n"
        "fan,00,development,a.wav,0,0.3333333333333333\n"
        "fan,00,development,b.wav,1,0.1\n"
        'fan,00,development,"c,d.wav",,2.0\n'
    )
    assert (folder / "history.csv").read_text() == (
        "stage,epoch,loss,lr\ntrain,1,0.5,\ntune,1,,1\n"
    )
    assert (folder / "weights.safetensors").read_bytes() == b"weights"


CELL_JSON = """\
{
 "cell": {
  "clips": "16711cb958e4a0baa1f70e82",
  "fields": {
   "k": 1
  },
  "frontend": {
   "clip_seconds": 1.0,
   "hop_length": 512,
   "n_fft": 1024,
   "n_mels": 128,
   "power": 2.0,
   "sample_rate": 16000,
   "win_length": 1024
  },
  "machine": "fan",
  "method": "knn",
  "numerics": {
   "channels_last": true,
   "compile": false,
   "device": "cpu",
   "precision": "float32",
   "threads": 1
  },
  "repeat": 0,
  "seed": 0
 },
 "facts": {
  "cpu": "a",
  "gpu": null
 },
 "files": {
  "history.csv": {
   "bytes": 43,
   "sha256": "8f2b07fbb44744c3338f1a4523cd08554f25f8f584d94b6964748f0d8fdd3490"
  },
  "scores.csv": {
   "bytes": 150,
   "sha256": "d92e1cf86d696683a87dbedbd1163cf407295b19415f4c509ae7fc7aa4114039"
  },
  "weights.safetensors": {
   "bytes": 7,
   "sha256": "9a129038d9a00aed0cf6a7ea059ca50a813449061ab87848cf1a13eafdf33b2c"
  }
 },
 "key": "3eb8385d63042c82",
 "seconds": 1.5
}
"""
