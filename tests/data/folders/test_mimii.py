"""MIMII as it was published."""

from __future__ import annotations

import zipfile
from collections import Counter
from pathlib import Path

import pytest

from asdbench.data.folders.dataset import Folder
from asdbench.data.folders.describe import describe
from asdbench.data.folders.listing import list_files
from asdbench.data.folders.mimii import read
from asdbench.data.folders.recognised import scan


def files(above: str = "fan/", *, normal: int = 8, abnormal: int = 3, id: str = "00") -> list[str]:
    return [
        f"{above}id_{id}/{label}/{number:08d}.wav"
        for label, count in (("normal", normal), ("abnormal", abnormal))
        for number in range(count)
    ]


def test_clips_of_a_machine(tree) -> None:
    found = Folder(tree(*files(), *files(id="02"), *files("pump/")))
    assert Counter((r.clip.machine, r.clip.id) for r in found.recordings()) == {
        ("fan", "00"): 11,
        ("fan", "02"): 11,
        ("pump", "00"): 11,
    }
    clips = [r.clip for r in found.recordings() if (r.clip.machine, r.clip.id) == ("fan", "00")]
    assert Counter((c.split, c.anomalous) for c in clips) == {
        ("train", False): 5,
        ("test", False): 3,
        ("test", True): 3,
    }
    assert {c.subset for c in clips} == {"development"}
    assert "abnormal_00000000.wav" in {c.name for c in clips}
    assert found.protocol == "2020"


def test_a_signal_to_noise_ratio_is_a_tag_and_in_the_name(tree) -> None:
    path = tree(*files("6_dB_fan/fan/"), *files("-6_dB_fan/fan/"), *files("0dB/fan/"))
    found = Folder(path).recordings()
    assert {r.clip.machine for r in found} == {"fan"}
    tagged = {str(r.clip.name): dict(r.tags) for r in found if r.clip.split == "test"}
    assert tagged["-6dB_abnormal_00000001.wav"] == {"snr": "-6"}
    assert tagged["0dB_abnormal_00000001.wav"] == {"snr": "0"}
    assert {r.clip.attributes for r in found if r.clip.split == "train"} == {
        (("snr", snr),) for snr in ("-6", "0", "6")
    }
    splits = {(str(r.clip.name).partition("_")[2], r.clip.split) for r in found}
    assert len(splits) == 11  # one recording, one split, at each ratio


@pytest.mark.parametrize(
    ("above", "root", "machine", "snr"),
    [
        ("fan/", "fan", "fan", ""),
        ("6_dB_fan/fan/", "6_dB_fan", "fan", "6"),
        ("6_dB_fan/fan/", "6_dB_fan/fan", "fan", "6"),
        ("6_dB_fan/", "6_dB_fan", "fan", "6"),
        ("min6dB/pump/", ".", "pump", "-6"),
    ],
)
def test_the_folder_given_may_lie_anywhere(
    tree, above: str, root: str, machine: str, snr: str
) -> None:
    path = Path(tree(*files(above)), root)
    wavs = read(list_files(path)).wavs
    assert {(w.machine, dict(w.attributes).get("snr", "")) for w in wavs} == {(machine, snr)}


def test_archives_are_read_as_they_were_published(tmp_path: Path) -> None:
    for snr in ("6", "-6"):
        with zipfile.ZipFile(tmp_path / f"{snr}_dB_fan.zip", "w") as file:
            for name in files():
                file.writestr(name, b"")
    assert {dict(w.attributes)["snr"] for w in scan(tmp_path).wavs} == {"6", "-6"}
    assert len(scan(tmp_path / "6_dB_fan.zip").wavs) == 11


def test_it_is_described(tree) -> None:
    path = tree(*files("6_dB_fan/fan/"), *files("-6_dB_fan/fan/"), "notes.txt")
    assert describe(path).layout == "MIMII, at -6, 6 dB"
    assert [odd.name for odd in describe(path).odd] == ["notes.txt"]
