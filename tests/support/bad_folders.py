"""Kinds of bad layout: folders, names, archives and tables that aren't as a run wants them."""

from __future__ import annotations

import os
import shutil
import socket
import zipfile
from pathlib import Path

from bad_input import FIRST, TEST, TRAIN, BadInput, every, wave, write

from asdbench.data.folders.recognised import TAG_FILE
from asdbench.data.folders.table import FILE as TABLE

HEAD = "file,machine,id,split,label\n"
LINES = (
    "fan/train/normal_id_00_0.wav,fan,00,train,normal\n"
    "fan/train/normal_id_00_1.wav,fan,00,train,normal\n"
    "fan/test/normal_id_00_0.wav,fan,00,test,normal\n"
)


def _move(source: Path | str, to: Path | str):  # type: ignore[no-untyped-def]
    def make(folder: Path) -> None:
        (folder / to).parent.mkdir(parents=True, exist_ok=True)
        (folder / source).rename(folder / to)

    return make


def _without(*places: str):  # type: ignore[no-untyped-def]
    return lambda folder: [shutil.rmtree(folder / place) for place in places]


def _text(name: str, text: str | bytes):  # type: ignore[no-untyped-def]
    content = text.encode() if isinstance(text, str) else text

    def make(folder: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)

    return make


def _table(lines: str):  # type: ignore[no-untyped-def]
    return _text(TABLE, HEAD + LINES + lines)


def _tags(text: str | bytes):  # type: ignore[no-untyped-def]
    return _text(TAG_FILE, text)


def _attributes(text: str):  # type: ignore[no-untyped-def]
    return _text("fan/attributes_00.csv", text)


def _under_dev_data_too(folder: Path) -> None:
    write(folder / "dev_data" / FIRST, wave(9))


def _a_file(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("not a folder")


def _linked_to_nothing(folder: Path) -> None:
    (folder / FIRST).unlink()
    (folder / FIRST).symlink_to("nowhere.wav")


def _pipe(folder: Path) -> None:
    (folder / FIRST).unlink()
    os.mkfifo(folder / FIRST)


def _socket(folder: Path) -> None:
    (folder / FIRST).unlink()
    with socket.socket(socket.AF_UNIX) as one:
        before = os.getcwd()
        os.chdir(folder / TRAIN)  # a socket's path has 107 letters at most
        one.bind(FIRST.name)
        os.chdir(before)


def _folder(folder: Path) -> None:
    (folder / TRAIN / "normal_id_00_9.wav").mkdir()


def _zipped(keep: float, password: bool = False):  # type: ignore[no-untyped-def]
    """All in an archive, and so much of that; its first member is said to be encrypted, or not."""

    def make(folder: Path) -> None:
        archive = folder / "dev_fan.zip"
        with zipfile.ZipFile(archive, "w") as file:
            for path in every(folder):
                file.write(path, path.relative_to(folder))
        shutil.rmtree(folder / "fan")
        content = bytearray(archive.read_bytes()[: int(keep * archive.stat().st_size)])
        if password:  # of the first member alone: a flag of it, and of its entry at the end
            content[6] |= 1
            content[content.find(b"PK\x01\x02") + 8] |= 1
        archive.write_bytes(content)

    return make


def _macs_files(folder: Path) -> None:
    for path in every(folder):
        path.with_name(f"._{path.name}").write_bytes(b"\0\5\x16\7")
    (folder / ".DS_Store").write_bytes(b"Bud1")


FOLDERS = [
    BadInput("a folder that isn't there", _without("")),
    BadInput("a file in place of a folder", _a_file),
    BadInput("an empty folder", _without("fan")),
    BadInput("a folder of something else", _move("fan", "photos/2024")),
    BadInput("the folder of a machine type itself", _move("fan/train", "train")),
    BadInput("no training clips", _without("fan/train")),
    BadInput("no test clips", _without("fan/test")),
    BadInput("a name without a machine ID", _move(FIRST, TRAIN / "recording 1.wav")),
    BadInput("a name that isn't UTF-8", _move(FIRST, TRAIN / "normal_id_00_\udce9.wav")),
    BadInput(
        "an anomaly among the training clips",
        _move(TEST / "anomaly_id_00_0.wav", TRAIN / "anomaly_id_00_0.wav"),
    ),
    BadInput("a machine type called all", _move("fan", "all")),
    BadInput("the same clip in dev_data/ and beside it", _under_dev_data_too),
    BadInput("one clip a folder deeper", _move(FIRST, TRAIN / "monday" / FIRST.name)),
    BadInput("Train/ in place of train/, of one type", _move("fan/train", "fan/Train")),
    BadInput("a folder that is called as a recording", _folder),
    BadInput("a link that leads nowhere", _linked_to_nothing),
    BadInput("a pipe that is called as a recording", _pipe),
    BadInput("a socket that is called as a recording", _socket),
    BadInput("resource forks and .DS_Store of a Mac", _macs_files),
    BadInput("a text file beside the recordings", _text("fan/train/notes.txt", "quiet day")),
    BadInput("a zip that breaks off", _zipped(0.7)),
    BadInput("a zip with a password", _zipped(1, password=True)),
    BadInput("clips.csv: a column is missing", _text(TABLE, "file,machine,id,split\n")),
    BadInput("clips.csv: a line has too few fields", _table("fan/x.wav,fan\n")),
    BadInput("clips.csv: an unknown split", _table(f"{FIRST},fan,00,exam,normal\n")),
    BadInput("clips.csv: no such file", _table("fan/x.wav,fan,00,test,normal\n")),
    BadInput("clips.csv: a file twice", _table(f"{FIRST},fan,00,train,normal\n")),
    BadInput("clips.csv: an ID with a dash", _table("fan/test/normal_id_00_1.wav,fan,0-0,test,\n")),
    BadInput("clips.csv: an open quotation", _table('"fan/x.wav,fan,00,test,normal\n')),
    BadInput("clips.csv: not UTF-8", _text(TABLE, (HEAD + LINES).encode("utf-16"))),
    BadInput("tags.csv: no such file", _tags("file,fault\ngone.wav,belt\n")),
    BadInput(
        "tags.csv: a name that two files have", _tags("file,fault\nnormal_id_00_0.wav,belt\n")
    ),
    BadInput("tags.csv: a line has too many fields", _tags(f"file,fault\n{FIRST},belt,7\n")),
    BadInput("tags.csv: no column of files", _tags("fault\nbelt\n")),
    BadInput("tags.csv: not UTF-8", _tags(f"file,fault\n{FIRST},Lüfter\n".encode("latin-1"))),
    BadInput("attributes_00.csv: an open quotation", _attributes('file_name,d1p,d1v\n"a,b\n')),
    BadInput(
        "attributes_00.csv: a line has too few fields",
        _attributes(f"file_name,d1p,d1v\nfan/train/{FIRST.name},speed\n"),
    ),
    BadInput(
        "attributes_00.csv: no such file", _attributes("file_name,d1p,d1v\nfan/x.wav,speed,3\n")
    ),
]
