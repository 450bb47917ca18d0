"""ToyADMOS as it was published: four files a clip, one a microphone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from asdbench.config.frontend import Frontend
from asdbench.data.folders.dataset import Folder
from asdbench.data.folders.listing import list_files
from asdbench.data.folders.recognised import scan
from asdbench.data.folders.toyadmos import read
from asdbench.data.loading import load


def files(case: int = 1, *, channels: int = 4) -> Iterator[str]:
    folder = f"ToyCar/case{case}"
    for channel in range(1, channels + 1):
        end = f"IND_ch{channel}"
        for n in range(4):
            yield f"{folder}/NormalSound_IND/11000{n}_ToyCar_case{case}_normal_{end}_{n:04d}.wav"
        for fault in ("ab01", "ab02"):
            yield f"{folder}/AnomalousSound_IND/1101_ToyCar_case{case}_{fault}_{end}_0001.wav"


def test_the_case_is_the_id_and_the_first_microphone_the_sound(tree) -> None:
    path = tree(*files(1), *files(2), "ToyCar/case1/NormalSound_CNT/long.wav")
    found = Folder(path).recordings()
    assert Counter((r.clip.machine, r.clip.id, r.clip.split) for r in found) == {
        ("ToyCar", "1", "train"): 2,
        ("ToyCar", "1", "test"): 4,
        ("ToyCar", "2", "train"): 2,
        ("ToyCar", "2", "test"): 4,
    }
    assert all("_ch1_" in r.source.path.name for r in found)
    anomalies = [r for r in found if r.clip.anomalous and r.clip.id == "1"]
    assert [r.tags for r in anomalies] == [{"fault": "ab01"}, {"fault": "ab02"}]
    assert anomalies[0].clip.name == "1101_ToyCar_case1_ab01_IND_0001.wav"
    assert [odd.name for odd in scan(path).odd] == ["NormalSound_CNT"]


def test_the_microphones_can_be_kept_apart(tmp_path: Path) -> None:
    for number, name in enumerate(files(channels=3)):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, np.full(1600, number, np.int16), 16000)
    clips = load(Folder(str(tmp_path), channels="all").recordings(), Frontend()).clips
    assert (len(clips), clips.channels) == (6, 3)
    heard = [{round(float(w[0]) * 32768) for w in clips.channel(k).waves()} for k in range(3)]
    assert heard == [set(range(6)), set(range(6, 12)), set(range(12, 18))]
    with pytest.raises(ValueError, match='files of their own; choose "first" or "all"'):
        Folder(str(tmp_path), channels="mean").recordings()


def test_a_name_of_another_kind_is_a_clip_too_and_twice_is_a_fault(tree) -> None:
    same = next(iter(files())).rpartition("/")[2]
    normal = "ToyCar/case1/NormalSound_IND"
    path = tree(f"{normal}/a.wav", f"x/{normal}/{same}", f"y/{normal}/{same}")
    found = read(list_files(path))
    assert sorted(wav.name for wav in found.wavs) == [
        "110000_ToyCar_case1_normal_IND_0000.wav",
        "a.wav",
    ]
    [fault] = found.faults
    assert "is there twice; take one of them out" in fault
    with pytest.raises(ValueError, match="is there twice"):
        Folder(path).recordings()
