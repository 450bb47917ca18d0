"""Tensors kept of some clips: each made once, as long as there is room."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from asdbench.data.kept import Kept, Places

EACH = 4 * 3  # bytes: three float32


class Made:
    """Makes a clip's tensor from its place, and counts."""

    def __init__(self) -> None:
        self.parts: list[list[int]] = []

    def __call__(self, places: Places) -> torch.Tensor:
        self.parts.append(places.tolist())
        return torch.from_numpy(places)[:, None] + torch.zeros(3)

    @property
    def places(self) -> list[int]:
        return [place for part in self.parts for place in part]


def kept_of(made: Made, *, clips: int = 10, room: float = 1e6) -> Kept:
    return Kept(lambda n: torch.empty(n, 3), made, 2, clips, room)


def values(kept: Kept, places: list[int]) -> list[float] | None:
    slots = kept.slots(np.array(places, dtype=np.int64))
    return None if slots is None else kept.tensor[torch.from_numpy(slots)][:, 0].tolist()


def test_each_is_made_once_and_few_at_a_time() -> None:
    made = Made()
    kept = kept_of(made)
    assert values(kept, [7, 2, 2, 5]) == [7, 2, 2, 5]
    assert made.parts == [[2, 5], [7]]
    assert values(kept, [5, 3, 7]) == [5, 3, 7]
    assert values(kept, list(range(10))) == list(range(10))
    assert sorted(made.places) == list(range(10))


def test_where_all_fit_each_lies_at_its_place() -> None:
    kept = kept_of(Made(), room=10 * EACH)
    values(kept, [8, 1])
    values(kept, list(range(10)))
    assert kept.tensor[:, 0].tolist() == list(range(10))
    assert kept.tensor.nbytes == 10 * EACH


def test_where_not_all_fit_those_are_kept_that_come_first() -> None:
    made = Made()
    kept = kept_of(made, room=6 * EACH + 5)
    assert values(kept, list(range(10))) is None
    assert made.places == []
    assert values(kept, [9, 4, 8, 3]) == [9, 4, 8, 3]
    assert values(kept, [0, 1, 2]) is None
    assert values(kept, [0, 9, 1]) == [0, 9, 1]
    assert values(kept, [5]) is None
    assert sorted(made.places) == [0, 1, 3, 4, 8, 9]
    assert kept.tensor.nbytes == 6 * EACH


@pytest.mark.parametrize("room", [0.0, -5.0, EACH - 1])
def test_without_room_nothing_is_made_or_kept(room: float) -> None:
    made = Made()
    kept = kept_of(made, room=room)
    assert values(kept, [3]) is None
    assert made.places == []


def test_no_clips_need_no_room() -> None:
    assert values(kept_of(Made(), clips=0, room=0.0), []) == []


def test_what_breaks_off_is_made_anew_and_nothing_else() -> None:
    class Broken(Made):
        def __call__(self, places: Places) -> torch.Tensor:
            if 4 in places and len(self.parts) < 3:
                self.parts.append([])
                raise KeyboardInterrupt
            return super().__call__(places)

    made = Broken()
    kept = kept_of(made, room=7 * EACH)
    with pytest.raises(KeyboardInterrupt):
        values(kept, list(range(6)))
    assert values(kept, list(range(6))) == list(range(6))
    assert sorted(made.places) == list(range(6))


def test_it_can_be_begun_in_inference_mode_and_gone_on_with_outside() -> None:
    kept = kept_of(Made())
    with torch.inference_mode():
        assert values(kept, [1, 2]) == [1, 2]
    assert values(kept, [1, 3]) == [1, 3]
    assert not kept.tensor.is_inference()
