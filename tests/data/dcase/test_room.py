"""The room that a download needs, worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from asdbench.data.dcase.room import Load, Room, require_to_unpack, room_for


@pytest.mark.parametrize(
    ("loads", "needed"),
    [
        ([], 0),
        ([Load(10)], 20),  # the archive and what it unpacks to
        ([Load(10), Load(4)], 20),  # the first archive is gone before: 10 + 4 + 4 < 20
        ([Load(4), Load(10)], 24),
        ([Load(10, stays=True), Load(4)], 28),
        ([Load(10, there=7)], 13),
        ([Load(10, there=10, stays=True)], 10),
        ([Load(10, there=12)], 10),  # too long a part: fetched anew over it
        ([Load(None), Load(4)], 8),
    ],
)
def test_the_need_is_that_of_the_fullest_moment(
    tmp_path: Path, loads: list[Load], needed: int
) -> None:
    room = room_for(loads, tmp_path)
    assert room.needed == needed
    assert room.free > 0
    assert room.unknown == sum(load.size is None for load in loads)


def test_it_says_what_it_is_an_estimate_of() -> None:
    text = str(Room(Path("here"), 12_340_000_000, 4_000_000, unknown=2))
    assert text == (
        "disk of here: about 12.3 GB needed (taking unpacked recordings to be as large as their "
        "archives), and more for 2 of unknown size; 4.0 MB free"
    )


def test_too_little_is_an_error(tmp_path: Path) -> None:
    Room(tmp_path, 5, 5).require()
    with pytest.raises(OSError, match=r"not enough room: disk of .* free some space, choose"):
        Room(tmp_path, 6, 5).require()


def test_the_true_size_is_checked_before_unpacking(tmp_path: Path) -> None:
    require_to_unpack(tmp_path / "a.zip", 1, tmp_path)
    with pytest.raises(OSError, match=r"not enough room to unpack a\.zip: 1,000,000,000\.0 GB"):
        require_to_unpack(tmp_path / "a.zip", 10**18, tmp_path)
