"""``clips.csv``: a folder of any kind, and every way in which its table can be wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from asdbench.config.frontend import Frontend
from asdbench.data.clips import Clip
from asdbench.data.folders.dataset import Folder
from asdbench.data.folders.describe import describe
from asdbench.data.folders.listing import list_files
from asdbench.data.folders.recognised import scan
from asdbench.data.folders.recordings import problems
from asdbench.data.folders.table import FILE, read, table_of
from asdbench.data.loading import load

HEAD = "file,machine,id,split,label"
FILES = ("a/1.flac", "a/b/c/2.wav", "3.wav")


@pytest.fixture
def folder(tree) -> Path:
    return Path(tree(*FILES))


def wrong(folder: Path, *lines: str) -> list[str]:
    (folder / FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return list(problems(scan(folder)))


def test_each_row_is_a_clip(folder: Path) -> None:
    assert (
        wrong(
            folder,
            f"{HEAD},subset,domain,load,fault",
            "a/1.flac,press,7b,train,,,target,6,",
            r".\a\b\c\2.wav, press ,7b,test,anomaly,evaluation,source,9,leak",
            "",
            "3.wav,press,7b,supplemental,normal,,,,",
        )
        == []
    )
    found = {r.clip.split: r for r in Folder(str(folder)).recordings()}
    known = ("press", "7b", "development")
    assert found["train"].clip == Clip(*known, "train", False, "1.flac", "target", (("load", "6"),))
    assert found["test"].clip == Clip("press", "7b", "evaluation", "test", True, "2.wav")
    assert found["test"].tags == {"domain": "source", "load": "9", "fault": "leak"}
    assert found["supplemental"].clip == Clip(*known, "supplemental", None, "3.wav")
    assert Folder(str(folder)).protocol == "2022"


def test_the_table_is_all_there_is(folder: Path) -> None:
    assert wrong(folder, HEAD, "3.wav,press,00,train,normal") == []
    description = describe(folder)
    assert description.layout == "as its clips.csv says"
    assert [path.name for path in description.odd] == ["a"]
    listing = list_files(folder)
    table = table_of(listing)
    assert table
    assert read(listing, table).used == [str(folder / FILE)]


def test_files_of_one_name_are_called_by_their_places(tree) -> None:
    path = Path(tree("x/1.wav", "y/1.wav", "z/1.wav"))
    rows = ("x/1.wav,fan,00,test,normal", "y/1.wav,fan,00,test,anomaly", "z/1.wav,fan,01,test,")
    assert wrong(path, HEAD, *rows) == []
    names = [(r.clip.id, r.clip.name) for r in Folder(str(path)).recordings()]
    assert names == [("00", "x/1.wav"), ("00", "y/1.wav"), ("01", "1.wav")]


def test_what_libsndfile_reads_is_heard(tmp_path: Path) -> None:
    (tmp_path / "deep/er").mkdir(parents=True)
    for name in ("a.flac", "deep/er/b.ogg"):
        soundfile.write(tmp_path / name, np.zeros(1600), 16000)
    rows = ["a.flac,fan,00,train,normal", "deep/er/b.ogg,fan,00,test,anomaly"]
    (tmp_path / FILE).write_text("\n".join([HEAD, *rows]))
    assert len(load(Folder(str(tmp_path)).recordings(), Frontend()).clips) == 2


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([""], "line 1: the columns lack file, machine, id, split, label; write file,machine"),
        (["file,machine,id,split"], "line 1: the columns lack label"),
        ([f"{HEAD},a,a"], "line 1: a is there twice"),
        ([f"{HEAD},"], "line 1: a tag has no name"),
        ([HEAD, "3.wav,fan,00,train"], "line 2 has 4 fields, the header 5; write as many"),
        ([HEAD, "", "4.wav,fan,00,train,"], "line 3: there is no file '4.wav'; give its path"),
        ([HEAD, "../4.wav,fan,00,train,"], "line 2: there is no file '../4.wav'"),
        ([HEAD, "3.wav,fan,00,valid,"], "line 2: split is 'valid'; write train or test or suppl"),
        ([HEAD, "3.wav,fan,00,test,bad"], "label is 'bad'; write normal or anomaly or nothing"),
        ([f"{HEAD},subset", "3.wav,fan,00,test,,dev"], "subset is 'dev'; write development or"),
        ([f"{HEAD},domain", "3.wav,fan,00,test,,far"], "domain is 'far'; write source or target"),
        ([HEAD, "3.wav,,00,test,"], "machine is ''; name a machine type"),
        ([HEAD, "3.wav,fan,0_0,test,"], "id is '0_0'; a machine ID consists of letters and"),
        ([HEAD, "3.wav,fan,00,train,anomaly"], "line 2: an anomaly among the training clips"),
        ([HEAD, *["3.wav,fan,00,test,"] * 2], "line 3: 3.wav is in clips.csv line 2 already; keep"),
        ([HEAD, '"3.wav,fan'], "line 2: broken CSV"),
    ],
)
def test_what_is_wrong_is_told_by_its_line(folder: Path, lines: list[str], said: str) -> None:
    [problem] = wrong(folder, *lines)
    assert f"{folder}/clips.csv " in problem
    assert said in problem
    with pytest.raises(ValueError, match=FILE):
        Folder(str(folder)).recordings()


def test_every_line_that_is_wrong_is_told(folder: Path) -> None:
    assert len(wrong(folder, HEAD, "3.wav,fan,00,test,bad", "a/1.flac,fan,00,x,")) == 2
    (folder / FILE).write_bytes(b"\xff")
    [problem] = problems(scan(folder))
    assert "clips.csv isn't UTF-8 (byte 0)" in problem
