"""Inputs spoiled at random, as files are spoiled: cut, doubled, with other bytes and numbers."""

from __future__ import annotations

import random
import struct
from collections.abc import Sequence

HEAD = 64  # bytes: where a header is
NUMBERS = (0, 1, 2, 127, 128, 255, 256, 32767, 65535, 2**24, 2**31 - 1, 2**31, 2**32 - 1)
WORDS = (
    *(b",", b'"', b"\n", b"\r", b"\r\n", b"\0", b"=", b"[", b"]", b"{", b"_", b"/", b"..", b" "),
    *(b"nan", b"inf", b"1e999", b"-0", b"0x1", "\u0661".encode(), b"1_0", b"true", b"9" * 400),
    *("\ufeff".encode(), b"\xff\xfe", b"\xe9", "\u2028".encode(), b"\x85", "é".encode(), b"'" * 3),
    *(b"source", b"target", b"train", b"test", b"anomaly", b"normal", b"id_", b"section_", b".wav"),
    *(b"data", b"fmt ", b"LIST", b"RIFF", b"fLaC", b"PK\x03\x04", b"[" * 2000),
)


def spoiled(rng: random.Random, seeds: Sequence[bytes], head: bool) -> bytes:
    """One of the seeds with one to four things done to it; ``head``: mostly near its start."""
    content = bytearray(rng.choice(seeds))
    for _ in range(rng.choice((1, 1, 1, 2, 3, 4))):
        end = min(len(content), HEAD) if head and rng.random() < 0.7 else len(content)
        place = rng.randrange(end + 1)
        length = min(rng.choice((1, 1, 2, 4, 8, 64, 1000)), len(content) - place)
        what = rng.randrange(8)
        if what == 0 and place < len(content):
            content[place] ^= 1 << rng.randrange(8)
        elif what == 1:
            content[place : place + 1] = rng.randbytes(1)
        elif what == 2:
            form = rng.choice(("<H", ">H", "<I", ">I"))
            number = rng.choice(NUMBERS) & (2 ** (8 * struct.calcsize(form)) - 1)
            content[place : place + struct.calcsize(form)] = struct.pack(form, number)
        elif what == 3:
            del content[place:]
        elif what == 4:
            del content[place : place + length]
        elif what == 5:
            content[place:place] = content[place : place + length]
        elif what == 6:
            content[place:place] = rng.choice(WORDS)
        else:
            content[place : place + length] = rng.randbytes(length)
    return bytes(content)
