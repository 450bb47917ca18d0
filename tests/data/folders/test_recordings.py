"""What a folder's files become: clips with what is told of them, and test clips with tags."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from dcase_trees import development, evaluation, labelled, supplements, training

from asdbench.config.frontend import Frontend
from asdbench.data.clips import Clip
from asdbench.data.folders.dataset import Folder
from asdbench.data.folders.recognised import scan
from asdbench.data.folders.recordings import declared, problems, source_of
from asdbench.data.loading import load
from asdbench.data.proxy.dataset import Proxy
from asdbench.data.zipped import ZipSource

FAN = "dev_data/fan/"


def fans(*names: str) -> list[str]:
    return [f"{FAN}{name}" for name in names]


def sounds(folder: Path, names: list[str], channels: int = 1) -> None:
    for number, name in enumerate(names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        noise = np.random.default_rng(number).integers(-9000, 9000, (1600, channels))
        soundfile.write(folder / name, noise.astype(np.int16), 16000)


def test_training_clips_are_told_of_and_test_clips_are_tagged(tree) -> None:
    path = tree(*fans(*training(), *labelled(), *supplements()))
    found = {str(r.clip.name): r for r in Folder(path).recordings()}
    place = ("fan", "00", "development")
    name = "section_00_target_train_normal_0000_vel_6.wav"
    clip = Clip(*place, "train", False, name, "target", (("vel", "6"),))
    assert (found[name].clip, found[name].tags) == (clip, {})
    name = "section_00_target_test_anomaly_0000_vel_6.wav"
    assert found[name].clip == Clip(*place, "test", True, name)
    assert found[name].tags == {"domain": "target", "vel": "6"}
    name = "section_00_machine_0000_.wav"
    told = (("supplemental", "machine"),)
    assert found[name].clip == Clip(*place, "supplemental", None, name, None, told)
    assert found[name].tags == {}


def test_an_id_with_two_training_clips_and_one_without_a_target(tree) -> None:
    path = tree(*fans(*training(source=2, target=0), *training("01", source=0, target=1)))
    found = Counter((r.clip.id, r.clip.domain) for r in Folder(path).recordings())
    assert found == {("00", "source"): 2, ("01", "target"): 1}


def test_the_unbalanced_domains_of_2023(tree) -> None:
    recordings = Folder(tree(*evaluation(2023, "bandsaw"))).recordings()
    tested = [r for r in recordings if r.clip.split == "test"]
    assert Counter((r.clip.anomalous, r.tags["domain"]) for r in tested) == {
        (False, "source"): 67,
        (False, "target"): 60,
        (True, "source"): 40,
        (True, "target"): 33,
    }
    assert all("vel" in r.tags for r in tested)
    assert all(r.clip.domain is None and r.clip.attributes == () for r in tested)


@pytest.mark.parametrize(
    ("year", "protocol"), [(2021, "2021"), (2022, "2022"), (2023, "2022"), (2026, "2022")]
)
def test_the_official_score(tree, year: int, protocol: str) -> None:
    assert Folder(tree(*development(year))).protocol == protocol


def test_the_score_is_2020_s_without_domains_and_today_s_without_a_year(tree) -> None:
    press = [f"dev_data/press/{name}" for name in (*training(), *labelled())]
    assert Folder(tree(*press, at="a")).protocol == "2022"
    assert Folder(tree(*fans(*training()), at="b")).protocol == "2020"
    assert Folder(tree("dev_data/fan/train/normal_id_00_0.wav", at="c")).protocol == "2020"


def test_the_first_channel_of_2026_is_heard_and_else_the_mean(tmp_path: Path) -> None:
    names = [*training(source=1), *labelled()]
    sounds(tmp_path / "new", [f"dev_data/gearboxEmu/{name}" for name in names], 2)
    sounds(tmp_path / "old", [f"dev_data/gearbox/{name}" for name in names], 2)

    def notes(folder: str, channels: str) -> set[str]:
        recordings = Folder(str(tmp_path / folder), channels=channels).recordings()
        return {one.what for one in load(recordings, Frontend()).oddities if "channels" in one.what}

    first, mean = {"2 channels: took the first"}, {"2 channels: averaged"}
    assert notes("new", "auto") == notes("new", "first") == notes("old", "first") == first
    assert notes("old", "auto") == notes("old", "mean") == notes("new", "mean") == mean
    apart = load(Folder(str(tmp_path / "new"), channels="all").recordings(), Frontend()).clips
    assert apart.channels == 2
    with pytest.raises(ValueError, match=r"no choice of channels 'left' in a dataset; .*first"):
        Folder(str(tmp_path / "new"), channels="left").recordings()


def test_different_numbers_of_channels_cannot_be_kept_apart(tmp_path: Path) -> None:
    sounds(tmp_path, fans(*training()), 2)
    sounds(tmp_path, fans(*labelled()), 1)
    with pytest.raises(ValueError, match=r"different numbers of channels: 1 of .*, 2 of "):
        load(Folder(str(tmp_path), channels="all").recordings(), Frontend())


def test_a_zip_sounds_as_the_folder_does(tmp_path: Path) -> None:
    names = fans(*training(), *labelled())
    sounds(tmp_path / "plain", names)
    with zipfile.ZipFile(tmp_path / "dev_fan.zip", "w") as file:
        for name in names:
            file.write(tmp_path / "plain" / name, name.removeprefix("dev_data/"))
    plain = load(Folder(str(tmp_path / "plain")).recordings(), Frontend()).clips
    zipped = Folder(str(tmp_path / "dev_fan.zip")).recordings()
    assert isinstance(zipped[0].source, ZipSource)
    assert load(zipped, Frontend()).clips.fingerprint == plain.fingerprint


def test_a_proxy_task_keeps_what_is_supplemental_and_tells_nothing_of_its_tests(
    tmp_path: Path,
) -> None:
    sounds(tmp_path, fans(*training(source=8), *labelled(), *supplements(2)), 2)
    for channels, further in (("auto", 0), ("all", 1)):
        made = Proxy(Folder(str(tmp_path), channels=channels)).recordings()
        assert Counter(r.clip.split for r in made)["supplemental"] == 2
        tested = [r for r in made if r.clip.split == "test"]
        assert tested
        assert all(r.clip.domain is None and r.clip.attributes == () for r in tested)
        assert {len(r.more) for r in made} == {further}
        assert load(made, Frontend()).clips.channels == 1 + further


def test_what_is_declared_is_what_is_there(tree) -> None:
    tree_of = scan(tree(*fans(*training(source=1, target=0))))
    [one] = declared(tree_of)
    assert source_of(one.wav).path == Path(one.wav.path)
    assert list(problems(tree_of)) == []


def test_recordings_that_lie_elsewhere_are_counted(
    tree: Callable[..., str], caplog: pytest.LogCaptureFixture
) -> None:
    named = [f"normal_id_00_{n}.wav" for n in range(3)]
    places = [
        f"fan/train/{named[0]}",
        *(f"fan/{place}/{named[1]}" for place in ("train/a", "Train")),
    ]
    found = Folder(tree(*places, "fan/train/notes.txt")).recordings()
    assert [one.clip.name for one in found] == named[:1]
    [said] = caplog.messages
    assert said.startswith("2 recordings are left out, in no place that the layout has: fan/Train/")
    caplog.clear()
    Folder(tree(f"fan/train/{named[0]}", at="whole")).recordings()
    assert caplog.messages == []
