"""``describe`` counts what is there, and lists what is wrong instead of stopping at it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from dcase_trees import labelled, supplements, training

from asdbench.data.dcase import facts
from asdbench.data.folders import describe as module
from asdbench.data.folders.describe import describe
from asdbench.data.folders.text import render
from asdbench.data.folders.tree import Tree, Wav

pytestmark = pytest.mark.usefixtures("cache")


def sound(path: Path, *, seconds: float = 0.1, rate: int = 16_000, channels: int = 1) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, np.zeros((round(seconds * rate), channels), np.int16), rate)


def test_counts_lengths_rates_and_channels(tmp_path: Path) -> None:
    fan = tmp_path / "dev_data/fan"
    sound(fan / "train/normal_id_00_00000000.wav", seconds=1.0)
    sound(fan / "train/normal_id_00_00000001.wav", seconds=2.0)
    sound(fan / "test/normal_id_00_00000000.wav", seconds=4.0, rate=8_000)
    sound(fan / "test/anomaly_id_00_00000000.wav", seconds=3.0, channels=8)
    sound(tmp_path / "eval_data/fan/test/id_01_00000000.wav")
    description = describe(tmp_path)
    one, other = description.groups
    assert (one.machine, one.id, one.subset) == ("fan", "00", "development")
    assert (one.train, one.normal, one.anomalous, one.unlabelled) == (2, 1, 1, 0)
    assert one.lengths == (1.0, 2.0, 3.0, 4.0)
    assert one.rates == (8_000, 16_000)
    assert one.channels == (1, 8)
    assert (other.id, other.subset, other.unlabelled) == ("01", "evaluation", 1)
    text = render(description)
    [row] = [line for line in text.splitlines() if " 00 " in line]
    row = " ".join(row.split())
    assert row == "fan 00 development 2 1 1 0 10.0 1.00 2.50 4.00 8000, 16000 1, 8"
    assert "no labels for test clips of fan 01" in text


def test_what_is_wrong_is_listed(tmp_path: Path) -> None:
    fan = tmp_path / "fan"
    sound(fan / "train/normal_id_00_00000000.wav")
    sound(fan / "train/anomaly_id_00_00000000.wav")
    sound(fan / "train/nonsense.wav")
    sound(fan / "test/normal_id_00_00000000.wav", seconds=0)
    (fan / "test/normal_id_00_00000001.wav").write_bytes(b"no sound at all")
    (fan / "test/._normal_id_00_00000001.wav").write_bytes(b"macOS was here")
    (fan / "README.txt").touch()
    description = describe(tmp_path)
    assert len(description.problems) == 2
    assert len(description.unreadable) == 2
    assert [path.name for path in description.odd] == [
        "README.txt",
        "._normal_id_00_00000001.wav",
    ]
    [group] = description.groups
    assert (group.train, group.normal) == (2, 2)
    assert group.lengths == (0.1, 0.1)
    text = render(description)
    for words in ("nonsense.wav", "anomaly_id_00_00000000.wav", "normal_id_00_00000001.wav",
                  "cannot be read (2)", "odd files and folders, not used (2)"):  # fmt: skip
        assert words in text


def test_long_lists_are_cut(tmp_path: Path) -> None:
    sound(tmp_path / "fan/train/normal_id_00_00000000.wav")
    for number in range(14):
        (tmp_path / f"fan/train/note_{number:02d}.txt").touch()
    text = render(describe(tmp_path))
    assert "note_09.txt" in text
    assert "note_10.txt" not in text
    assert "and 4 more" in text


def tree_of(wavs: Iterable[Wav]) -> Tree:
    return Tree(Path("/"), tuple(wavs), (), (), years=(2020,))


def test_the_complete_test_sets_are_recognised_by_their_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # To make and open 17,971 files takes seconds.
    wavs = {
        (machine, name): Wav(f"/{subset}/{name}", machine, id, subset, "test", name, by_name)
        for subset in ("development", "evaluation")
        for (machine, id, name), truth in facts.official_test_clips(2020, subset).items()
        for by_name in [truth.anomalous if subset == "development" else None]
    }
    monkeypatch.setattr(module, "_header", "{} is empty".format)
    monkeypatch.setattr(module, "scan", lambda path: tree_of(wavs.values()))
    description = describe("/")
    assert [test_set.complete for test_set in description.test_sets] == [True, True]
    assert len(description.unreadable) == 10_868 + 7_103
    assert len(description.groups) == 41
    assert sum(group.anomalous for group in description.groups) == 4544 + sum(
        truth.anomalous for truth in facts.official_test_clips(2020, "development").values()
    )
    text = render(description)
    assert "development test set: complete, 10,868 clips" in text
    assert "evaluation test set: complete, 7,103 clips" in text

    del wavs["valve", "normal_id_00_00000000.wav"]
    stranger = ("valve", "99", "evaluation", "test", "id_99_00000000.wav", None)
    wavs["valve", "id_99_00000000.wav"] = Wav("/evaluation/id_99_00000000.wav", *stranger)
    development, evaluation = describe("/").test_sets
    assert (development.found, development.strangers, development.complete) == (10_867, 0, False)
    assert (evaluation.found, evaluation.strangers, evaluation.complete) == (7_103, 1, False)


def test_what_is_odd_about_the_sound_is_a_line_a_kind(tmp_path: Path) -> None:
    fan = tmp_path / "fan"
    hum = {seed: np.random.default_rng(seed).integers(-900, 900, 1600) for seed in range(5)}
    for place, seed in {"train/normal_id_00_0": 0, "train/normal_id_00_1": 1,
                        "train/normal_id_00_2": 1, "test/normal_id_00_0": 0,
                        "test/anomaly_id_00_0": 2}.items():  # fmt: skip
        (fan / place).parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(fan / f"{place}.flac", hum[seed].astype(np.int16), 16_000)
    sound(fan / "train/normal_id_00_3.wav")
    soundfile.write(fan / "train/normal_id_00_4.wav", hum[4].astype(np.int16), 16_000)
    with open(fan / "train/normal_id_00_4.wav", "r+b") as file:
        file.truncate(2000)
    told: list[tuple[int, int]] = []
    description = describe(tmp_path, lambda done, total: told.append((done, total)))
    assert [str(one) for one in description.oddities if one.fault] == [
        "1 of 7 clips: cut off: the file ends before its header says "
        "(fan/train/normal_id_00_4.wav)",
        "1 of 7 clips: silent: the samples are one constant (fan/train/normal_id_00_3.wav)",
        "1 of 5 training clips: the sound of another training clip "
        "(fan/train/normal_id_00_2.flac = "
        "fan/train/normal_id_00_1.flac)",
        "1 of 2 test clips: the sound of a training clip, so that any method that remembers knows "
        "it (fan/test/normal_id_00_0.flac = fan/train/normal_id_00_0.flac)",
    ]
    assert told == [*((done, 7) for done in range(1, 8)), (1, 1)]  # what was cut, as it is used
    assert "about the sound (5):" in render(description)
    describe(tmp_path, lambda done, total: pytest.fail("what was heard is remembered"))


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is empty"):
        describe(tmp_path)


def test_real_recordings() -> None:
    folder = os.environ.get("ASDBENCH_RECORDINGS")
    if not folder:
        pytest.skip("ASDBENCH_RECORDINGS names no folder with mimii_fan_10s and mimii_2s")
    description = describe(Path(folder) / "mimii_fan_10s")
    assert sum(sum(group.lengths) for group in description.groups) == 600.0
    assert {group.rates for group in description.groups} == {(16_000,)}
    assert (description.problems, description.unreadable, description.odd) == ((), (), ())


def test_what_a_folder_is_and_what_is_told_of_its_clips(tree: Callable[..., str]) -> None:
    names = [f"dev_data/fan/{name}" for name in (*training(), *labelled(), *supplements())]
    description = describe(tree(*names))  # none of them is sound
    [group] = description.groups
    assert description.layout == "DCASE 2025 or 2026: the development sets have the same names"
    assert (group.train_domains, group.test_domains) == ((2, 1), (2, 2))
    assert group.supplemental == (("machine", 1),)
    assert group.attributes == (("vel", 1),)
    assert len(description.unreadable) == len(names)
    assert description.test_sets == ()
    assert any("1 of 100 supplemental clips" in line for line in description.missing)


def test_the_years_of_both_subsets(tree: Callable[..., str]) -> None:
    sections = {"dev_data": ("00", "01", "02"), "eval_data": ("03", "04", "05")}
    ids = [(above, id) for above in sections for id in sections[above]]
    names = [f"{above}/fan/{name}" for above, id in ids for name in training(id)]
    description = describe(tree(*names))
    assert description.layout == "DCASE 2021 or 2022: what is there has the same names"
    brush = [f"eval_data/ToothBrush/{name}" for name in training()]
    found = describe(tree(*brush, at="brush")).layout
    assert found == "DCASE 2024 or 2026: the evaluation sets have the same names"


def test_anybodys_fan_is_not_taken_for_an_incomplete_dcase_2020(tree: Callable[..., str]) -> None:
    own = describe(tree("fan/train/normal_id_00_0.wav", "fan/test/anomaly_id_00_0.wav", at="own"))
    assert own.layout == "in the layout of DCASE 2020 Task 2"
    assert own.test_sets == ()
    first = "fan/test/anomaly_id_00_00000000.wav"
    assert describe(tree(first, "fan/test/anomaly_id_00_0.wav", at="both")).test_sets == ()
    either = describe(tree(first, at="either"))
    assert either.layout == "in the layout of DCASE 2020 Task 2"
    assert "if this is DCASE 2020, its development test set is not complete, 1 of" in render(either)
    clips = [clip for clip in facts.official_test_clips(2020, "development") if clip.id == "00"]
    names = [f"fan/test/{clip.name}" for clip in clips if clip.machine == "fan"]
    theirs = describe(tree(*names, at="theirs"))
    assert theirs.layout == "DCASE 2020 Task 2"
    assert str(theirs.test_sets[0]).startswith(
        f"DCASE 2020 development test set: not complete, {len(names)} of 10,868 clips by name"
    )
