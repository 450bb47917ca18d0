"""What a method is shown while it is tuned: no label, no name, and no test clip."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from inline import NUMERICS
from spy import SPY
from studies import chosen, study_in, tuned
from warm import warm

from asdbench.config import plugins
from asdbench.config.frontend import Frontend
from asdbench.data.clips import Clips
from asdbench.data.dcase.dataset import Dcase2020
from asdbench.data.decode import decode
from asdbench.data.loading import load
from asdbench.data.proxy.dataset import Proxy
from asdbench.engines.engine import Engine, engine_for
from asdbench.tuning import tune


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """Workers as in a run: what is around a method there is to be seen."""
    with warm():
        yield engine_for("local", 1, NUMERICS)


def spied(data: Path, engine: Engine | None = None) -> tuple[Path, list[dict[str, Any]]]:
    """Tunes the spy on a folder of recordings; the output folder and the spy's notes."""
    folder = data.with_name(f"spy-{data.name}")
    folder.mkdir()
    (folder / "spy.py").write_text(SPY)
    found = tuned(folder, "./spy.py", "demo", data=data, engine=engine)
    assert isinstance(found, tune.Tuned)
    lines = (folder / "seen.jsonl").read_text().splitlines()
    return folder / "o", [json.loads(line) for line in lines]


def mirrored(data: Path, name: str) -> Path:
    """The same folder with other test clips: each label the opposite, each sound another."""
    other = data.with_name(name)
    shutil.copytree(data, other)
    for path in sorted(other.glob("dev_data/*/test/*.wav")):
        kind = {"normal": "anomaly", "anomaly": "normal"}[path.name.partition("_")[0]]
        samples, rate = soundfile.read(path, dtype="int16")
        turned = path.with_name(f"new_{kind}_{path.name.partition('_')[2]}")
        soundfile.write(turned, samples[::-1] // 3, rate, subtype="PCM_16")
        path.unlink()
    for path in sorted(other.glob("dev_data/*/test/*.wav")):
        path.rename(path.with_name(path.name.removeprefix("new_")))
    return other


def test_a_method_that_would_profit_from_labels_never_gets_them(
    wav_tree: Callable[..., Path],
    engine: Engine,
) -> None:
    data = wav_tree(train=6, test=2)
    other = mirrored(data, "other")
    out, seen = spied(data, engine)
    searched = [note for note in seen if "/tuning/proxy-" in note["scratch"]]
    afterwards = seen[len(searched) :]
    assert searched
    assert seen[: len(searched)] == searched  # no test clip is touched before the choice is made
    assert all("/tuning/" not in note["scratch"] for note in afterwards)
    assert {note["when"] for note in searched} == {"fit", "score"}

    real = load(Dcase2020(str(data)).recordings(), Frontend())[0]
    tests = real.where(split="test")
    names = {str(clip.name) for clip in tests}
    sounds = heard(tests)
    for note in searched:
        assert note["labels"] == ["None"]
        assert note["names"] == ["None"]
        assert not sounds & set(note["sounds"])
        for text in note["around"]:
            assert not any(name in text for name in names)
            assert "anomaly" not in text
            assert "pseudo" not in text
    normal = heard(real.where(split="train"))
    assert all(set(note["sounds"]) <= normal for note in searched if note["when"] == "fit")
    # The report, which comes afterwards, does hand over test clips: as blind as in a run.
    assert any(sounds & set(note["sounds"]) for note in afterwards)
    assert {*(label for note in afterwards for label in note["labels"])} == {"None"}

    # Other labels, names and sounds of the test clips: the same search, the same choice.
    turned, _ = spied(other)
    assert study_in(turned) == study_in(out)
    assert {params["peek"] for _, _, params, *_ in study_in(out)} == {False, True}
    assert decided(turned) == decided(out)
    assert trusted(turned) != trusted(out)


def heard(clips: Clips) -> set[str]:
    return {sha256(wave.tobytes()).hexdigest() for wave in clips.waves().numpy()}


def decided(out: Path) -> list[str]:
    """The recipe without the folder of the recordings and without the line on trust."""
    lines = chosen(out, "spy").splitlines()
    return [line for line in lines if not line.startswith(("path =", "# Trust"))]


def trusted(out: Path) -> str:
    return (out / "tuned" / "spy.md").read_text().partition("## How far to trust it")[2]


def test_the_planted_method_does_profit_where_labels_or_names_are_to_be_had(
    small_clips: Clips, tmp_path: Path
) -> None:
    """The test above can fail: shown labels or names, the spy finds every anomaly."""
    (tmp_path / "spy.py").write_text(SPY)
    spy = plugins.find(plugins.METHODS, str(tmp_path / "spy.py")).load()(peek=True)
    test = small_clips.where(machine="fan", split="test")
    spy.where_, spy.mean_ = "", np.zeros(test.bands)
    truth = [clip.anomalous for clip in test]
    assert list(spy.score(test) > 1e5) == truth
    assert not (spy.score(test.blind()) > 1e5).any()
    notes = (tmp_path / "seen.jsonl").read_text().splitlines()
    open_, blind = (json.loads(line) for line in notes)
    assert open_["labels"] == ["False", "True"]
    assert any("anomaly" in text for text in open_["around"])
    assert blind["labels"] == ["None"]
    assert not any("anomaly" in text for text in blind["around"])


def test_the_proxy_needs_no_test_clip_to_be_there(wav_tree: Callable[..., Path]) -> None:
    """Its clips are the same whether the test clips are there, are others, or can't be read."""

    data = wav_tree(machines=("fan",), train=6, test=2)
    before = [
        (clip, sound(source)) for clip, source, *_ in Proxy(Dcase2020(str(data))).recordings()
    ]
    for path in data.glob("dev_data/*/test/*.wav"):
        path.write_bytes(b"RIFF nothing to hear")
    after = [(r.clip, sound(r.source)) for r in Proxy(Dcase2020(str(data))).recordings()]
    assert after == before
    shutil.rmtree(data / "dev_data" / "fan" / "test")
    gone = [(r.clip, sound(r.source)) for r in Proxy(Dcase2020(str(data))).recordings()]
    assert gone == before


def sound(source: Any) -> str:
    return sha256(decode(source, 16000).samples.tobytes()).hexdigest()
