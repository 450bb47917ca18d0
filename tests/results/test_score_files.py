"""Score files in the challenge's form: read strictly, whatever is wrong said in one line."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from handed_in import drawn, hand_in, said

from asdbench.data.clips import Clip
from asdbench.results.score_files import read_repeats, score_files

FEW = [
    Clip("fan", id_, subset, "test", label == "anomaly", f"{label}_id_{id_}_{number:08d}.wav")
    for id_, subset in (("00", "development"), ("02", "development"), ("01", "evaluation"))
    for label in ("normal", "anomaly")
    for number in range(2)
]
FEW_DEVELOPMENT = [clip for clip in FEW if clip.subset == "development"]

Edit = Callable[[Path], None]


def rewritten(file: str, edit: Callable[[str], str]) -> Edit:
    def change(folder: Path) -> None:
        path = folder / file
        path.write_text(edit(path.read_text()))

    return change


def named(file: str, other: str) -> Edit:
    return lambda folder: (folder / file).rename(folder / other)


FAN = "anomaly_score_fan_id_00.csv"
FIRST = "normal_id_00_00000000.wav"


def first_line(text: str) -> Edit:
    return rewritten(FAN, lambda old: text + "\n" + old.partition("\n")[2])


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (named(FAN, "else.txt"), ["lacks 1 score files: anomaly_score_fan_id_00.csv", "devel"]),
        (rewritten(FAN, lambda old: old.partition("\n")[2]), ["of 1 test clips", f"fan {FIRST}"]),
        (rewritten(FAN, lambda old: ""), [FAN, "is empty"]),
        (
            rewritten(FAN, lambda old: old + "".join(f"more_{n}.wav,1\n" for n in range(5))),
            [FAN, "5 file names", "more_0.wav, more_1.wav, more_2.wav and 2 more", "exact"],
        ),
        (
            rewritten(FAN, lambda old: old.replace(".wav", "")),
            ["4 file names", "normal_id_00_00000000,", "as anomaly_id_00_00000000.wav"],
        ),
        (rewritten(FAN, lambda old: old + f"{FIRST},1\n"), [f"line 5: {FIRST}", "line 1 already"]),
        (first_line(f"{FIRST},high"), [FAN, "line 1", "'high' is not a number", "0.125"]),
        (first_line(f"{FIRST},"), [FAN, "line 1", "'' is not a number"]),
        (first_line(f"{FIRST},nan"), [FAN, "line 1", "'nan' is not finite"]),
        (first_line(f"{FIRST},-Inf"), [FAN, "line 1", "'-Inf' is not finite"]),
        (first_line(f"{FIRST},1e999"), [FAN, "line 1", "'1e999' is not finite"]),
        (first_line(f"{FIRST},0,5"), [FAN, "line 1", "has 3 fields", "with a decimal point"]),
        (first_line(f"{FIRST};0.5"), [FAN, "line 1", "has 1 fields", "file name,score"]),
        (
            rewritten(FAN, lambda old: "file,score\n" + old),
            ["line 1", "'score'", "the challenge's form has no header"],
        ),
        (first_line(f'"{FIRST}"x,1'), [FAN, "line 1", "broken CSV"]),
        (rewritten(FAN, lambda old: old + '"open,1\n'), [FAN, "broken CSV"]),
        (
            lambda folder: (folder / FAN).write_bytes(f"{FIRST},1\nf\xfcr,1\n".encode("latin-1")),
            [FAN, "isn't UTF-8", "save it as UTF-8"],
        ),
        (
            named(FAN, "anomaly_score_fan_id_07.csv"),
            ["no fan id_07", "but fan id_00, id_01, id_02", "--dataset dcase2020"],
        ),
        (named(FAN, "anomaly_score_gearbox_id_00.csv"), ["no gearbox id_00", "but only fan"]),
        (named(FAN, "fan_id_00.csv"), ["fan_id_00.csv isn't named as a score file", "rename it"]),
        (named(FAN, FAN.upper()), ["isn't named as a score file"]),
        (
            lambda folder: hand_in(folder / "repeat_1", drawn(FEW)),
            ["holds csv files, and so does repeat_1"],
        ),
    ],
)
def test_what_is_wrong_with_score_files_is_said_in_one_line(
    tmp_path: Path, edit: Edit, expected: list[str]
) -> None:
    folder = hand_in(tmp_path / "in", drawn(FEW_DEVELOPMENT))
    edit(folder)
    with pytest.raises(ValueError, match=re.escape(expected[0])) as error:
        read_repeats(folder, FEW)
    for part in (str(folder), *expected):
        assert part in said(error)


def test_a_folder_without_score_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f"no folder {tmp_path}/gone"):
        read_repeats(tmp_path / "gone", FEW)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "notes.txt").write_text("none yet")
    with pytest.raises(ValueError, match=f"no score files in {tmp_path}/in;"):
        read_repeats(tmp_path / "in", FEW)
    hand_in(tmp_path / "in" / "repeat_0", drawn(FEW))
    (tmp_path / "in" / "repeat_1").mkdir()
    with pytest.raises(ValueError, match=f"no score files in {tmp_path}/in/repeat_1"):
        read_repeats(tmp_path / "in", FEW)


def test_repeats_cover_the_same_subsets(tmp_path: Path) -> None:
    hand_in(tmp_path / "in" / "one", drawn(FEW))
    hand_in(tmp_path / "in" / "two", drawn(FEW_DEVELOPMENT))
    with pytest.raises(ValueError, match="cover different subsets") as error:
        read_repeats(tmp_path / "in", FEW)
    assert "one development and evaluation, two development;" in said(error)


def test_what_other_programs_write_is_read(tmp_path: Path) -> None:
    scores = drawn(FEW)
    folder = hand_in(tmp_path / "in", scores)
    path = folder / FAN
    windows = path.read_text().replace("\n", "\r\n") + "\r\n"
    path.write_bytes(b"\xef\xbb\xbf" + windows.encode())
    (folder / ".DS_Store").write_bytes(b"\x00")
    (folder / "._anomaly_score_fan_id_00.csv").write_bytes(b"\x00")
    (folder / "README.txt").write_text("how they were made")
    [repeat] = read_repeats(folder, FEW)
    assert repeat.scores == scores
    assert repeat.subsets == ["development", "evaluation"]


def test_an_id_in_both_subsets_has_one_file_for_both(tmp_path: Path) -> None:
    clips = [
        Clip("fan", "00", subset, "test", anomalous, f"{subset}_{anomalous}.wav")
        for subset in ("development", "evaluation")
        for anomalous in (False, True)
    ]
    scores = drawn(clips)
    for name, text in score_files(scores).items():
        (tmp_path / name).write_text(text)
    assert [path.name for path in tmp_path.iterdir()] == ["anomaly_score_fan_id_00.csv"]
    assert read_repeats(tmp_path, clips)[0].scores == scores
    lines = (tmp_path / FAN).read_text().splitlines()
    (tmp_path / FAN).write_text("\n".join(sorted(lines)[:2]))  # development only
    assert read_repeats(tmp_path, clips)[0].subsets == ["development"]


def test_a_name_in_both_subsets_cannot_be_told_apart() -> None:
    clips = [
        Clip("fan", "00", subset, "test", None, "id_00_1.wav")
        for subset in ("development", "evaluation")
    ]
    with pytest.raises(ValueError, match=r"id_00_1.wav of fan id_00 is a test clip of both"):
        score_files(drawn(clips))
    with pytest.raises(ValueError, match="can't tell them apart"):
        read_repeats(Path(), clips)


def test_decisions_alone_are_no_system(tmp_path: Path) -> None:
    for clip in FEW_DEVELOPMENT:
        with (tmp_path / f"decision_result_fan_id_{clip.id}.csv").open("a") as file:
            file.write(f"{clip.name},1\n")
    with pytest.raises(ValueError, match="no score files in"):
        read_repeats(tmp_path, FEW)


def test_a_name_that_is_nearly_one_is_told_what_it_should_be(tmp_path: Path) -> None:
    hand_in(tmp_path, drawn(FEW_DEVELOPMENT))
    (tmp_path / FAN).rename(tmp_path / "anomaly_score_fan_section_00.csv")
    with pytest.raises(ValueError, match=r"isn't named as in any year, .*_section_00_test\.csv"):
        read_repeats(tmp_path, FEW)
