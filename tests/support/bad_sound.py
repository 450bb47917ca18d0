"""Kinds of bad sound: files that are none, headers that don't fit, samples that can't be right."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from bad_input import FIRST, SAMPLES, TEST, TRAIN, BadInput, every, wave, write

HEADER = 44  # bytes of the header of a plain wav file
RATE, CHANNELS, FRAME, BITS, SIZE = 24, 22, 32, 34, 40  # where they stand in it


def _content(content: bytes):  # type: ignore[no-untyped-def]
    return lambda folder: (folder / FIRST).write_bytes(content)


def _cut(keep: float, name: Path = FIRST):  # type: ignore[no-untyped-def]
    def make(folder: Path) -> None:
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content[: int(keep * len(content))])

    return make


def _header(place: int, form: str, value: int):  # type: ignore[no-untyped-def]
    """One field of the first file's header is another."""

    def make(folder: Path) -> None:
        content = bytearray((folder / FIRST).read_bytes())
        struct.pack_into(form, content, place, value)
        (folder / FIRST).write_bytes(content)

    return make


def _samples(samples: np.ndarray, **options: str):  # type: ignore[no-untyped-def]
    return lambda folder: write(folder / FIRST, samples, **options)


def _all(change, name: str = "{}.wav", rate: int = 16000, **options: str):  # type: ignore[no-untyped-def]
    """Every file is another: its samples changed, and its ending."""

    def make(folder: Path) -> None:
        for number, path in enumerate(every(folder)):
            path.unlink()
            ill = path.name.startswith("anomaly")
            write(
                path.with_name(name.format(path.stem)), change(wave(number, ill)), rate, **options
            )

    return make


def _as(name: str, **options: str):  # type: ignore[no-untyped-def]
    """The first file is in another format."""

    def make(folder: Path) -> None:
        (folder / FIRST).unlink()
        write(folder / TRAIN / name, wave(0), **options)

    return make


def _copy(source: Path, to: Path):  # type: ignore[no-untyped-def]
    return lambda folder: (folder / to).write_bytes((folder / source).read_bytes())


def _flac_that_says(samples: int):  # type: ignore[no-untyped-def]
    def make(folder: Path) -> None:
        _as("normal_id_00_0.flac")(folder)
        path = folder / TRAIN / "normal_id_00_0.flac"
        content = bytearray(path.read_bytes())
        said = int.from_bytes(content[18:26], "big") >> 36 << 36 | samples
        path.write_bytes(content[:18] + said.to_bytes(8, "big") + content[26:])

    return make


def _two_pieces(folder: Path) -> None:
    content = (folder / FIRST).read_bytes()
    (folder / FIRST).write_bytes(content + content[HEADER - 8 :])


def _copy_but_for_the_end(folder: Path) -> None:
    write(folder / TRAIN / "normal_id_00_1.wav", wave(0, samples=SAMPLES + 99))


def _broken_flac(folder: Path) -> None:
    _as("normal_id_00_0.flac")(folder)
    _cut(0.6, TRAIN / "normal_id_00_0.flac")(folder)


def _chunks_behind(folder: Path) -> None:
    with open(folder / FIRST, "ab") as file:
        file.write(b"LIST" + struct.pack("<I", 10000) + bytes(10000))


def _sent_as_text(folder: Path) -> None:
    content = (folder / FIRST).read_bytes()
    head, sound = content[:HEADER], content[HEADER:]
    (folder / FIRST).write_bytes(head + sound.replace(b"\n", b"\r\n"))


_FLOATS = wave(0) / 32768
_NAN, _INFINITE = _FLOATS.copy(), _FLOATS.copy()
_NAN[7], _INFINITE[7] = np.nan, np.inf
_PEAK = _FLOATS.copy()
_PEAK[7] = 1.5
_HOLED = wave(0).copy()
_HOLED[SAMPLES // 4 : SAMPLES // 2] = 0
_TWICE = np.stack([wave(0), wave(0)], axis=1)

SOUND = [
    BadInput("an empty file", _content(b"")),
    BadInput("a text in place of sound", _content(b"no sound, but a note\n")),
    BadInput("a wav header that breaks off", _cut(20 / (HEADER + 2 * SAMPLES))),
    BadInput("a wav header and no samples", _cut(HEADER / (HEADER + 2 * SAMPLES))),
    BadInput("a wav of no samples, as its header says", _samples(wave(0)[:0])),
    BadInput("a sample that is not a number", _samples(_NAN, subtype="FLOAT")),
    BadInput("a sample that is infinite", _samples(_INFINITE, subtype="DOUBLE")),
    BadInput("one sample a second", _header(RATE, "<I", 1)),
    BadInput("four billion samples a second", _header(RATE, "<I", 2**32 - 1)),
    BadInput("no channel", _header(CHANNELS, "<H", 0)),
    BadInput("60,000 channels", _header(CHANNELS, "<H", 60000)),
    BadInput("samples of 0 bits", _header(BITS, "<H", 0)),
    BadInput("a FLAC file that breaks off", _broken_flac),
    BadInput("a FLAC header that says half of it", _flac_that_says(SAMPLES // 2)),
    BadInput("a FLAC header that doesn't say how long it is", _flac_that_says(0)),
    BadInput("a FLAC header that says more than there is", _flac_that_says(SAMPLES + 9)),
    BadInput("samples in two data chunks", _two_pieces),
    BadInput("an end before the header says", _cut(0.7)),
    BadInput("a data size of 0, after a loss of power", _header(SIZE, "<I", 0)),
    BadInput("a data size of half of what follows", _header(SIZE, "<I", SAMPLES)),
    BadInput("a data size far beyond the end", _header(SIZE, "<I", 2**30)),
    BadInput("3 bytes a frame of one channel of 16 bits", _header(FRAME, "<H", 3)),
    BadInput("a wav that was sent as text: line ends grew", _sent_as_text),
    BadInput("all samples zero", _samples(np.zeros(SAMPLES, np.int16))),
    BadInput("all samples one value", _samples(np.full(SAMPLES, 1234, np.int16))),
    BadInput("a quarter of the samples zero, as of a torn copy", _samples(_HOLED)),
    BadInput("noise of the last bit alone", _samples((wave(0) % 2).astype(np.int16))),
    BadInput("floats as if they were 16 bits", _samples(wave(0).astype(float), subtype="FLOAT")),
    BadInput("one float above 1", _samples(_PEAK, subtype="FLOAT")),
    BadInput("a gain that is far too high", _samples(np.clip(60 * _FLOATS, -1, 1))),
    BadInput("a single sample", _samples(wave(0)[:1])),
    BadInput("half as long as the others", _samples(wave(0)[: SAMPLES // 2])),
    BadInput("twice as long as the others", _samples(wave(0, samples=2 * SAMPLES))),
    BadInput("two channels, where the others have one", _samples(_TWICE)),
    BadInput("two channels everywhere", _all(lambda one: np.stack([one, one], axis=1))),
    BadInput("eight channels everywhere", _all(lambda one: np.stack([one] * 8, axis=1))),
    BadInput("44.1 kHz, where the others have 16", lambda f: write(f / FIRST, wave(0), 44100)),
    BadInput("44.1 kHz everywhere", _all(lambda one: np.repeat(one, 3), rate=44100)),
    BadInput("OGG, where the others are wav", _as("normal_id_00_0.ogg", subtype="VORBIS")),
    BadInput("MP3 everywhere", _all(lambda one: one, "{}.mp3", subtype="MPEG_LAYER_III")),
    BadInput("GSM 6.10 in a wav", _samples(_FLOATS, subtype="GSM610")),
    BadInput("FLAC, where the others are wav", _as("normal_id_00_0.flac")),
    BadInput("24 bits everywhere", _all(lambda one: one / 32768, subtype="PCM_24")),
    BadInput("a FLAC file that is called wav", _samples(wave(0), format="FLAC")),
    BadInput("10 kB of other chunks behind the samples", _chunks_behind),
    BadInput("a training clip twice", _copy(FIRST, TRAIN / "normal_id_00_1.wav")),
    BadInput("a training clip twice, one of them longer than a clip", _copy_but_for_the_end),
    BadInput("a training clip among the test clips", _copy(FIRST, TEST / "normal_id_00_0.wav")),
    BadInput(
        "a test clip twice", _copy(TEST / "normal_id_00_0.wav", TEST / "normal_id_00_1.wav")
    ),
    BadInput(
        "a test clip with both labels",
        _copy(TEST / "normal_id_00_0.wav", TEST / "anomaly_id_00_0.wav"),
    ),
]  # fmt: skip
