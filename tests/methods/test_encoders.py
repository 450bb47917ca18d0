"""Encoders by name, and whose weights they get."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from asdbench_methods._encoders import EncoderWeights, check_encoder, encoder_of
from asts import saved
from beats_checkpoints import written

WAVES = 0.1 * torch.randn(1, 8000, generator=torch.Generator().manual_seed(1))


def test_weights_are_known_by_their_content(tmp_path: Path) -> None:
    path = written(tmp_path / "beats.pt")
    weights = EncoderWeights(path=str(path))
    moved = path.rename(tmp_path / "moved.pt")
    assert EncoderWeights(path=str(moved)).sha256 == weights.sha256
    assert EncoderWeights(path=str(moved), sha256=weights.sha256) == EncoderWeights(str(moved))
    moved.write_bytes(b"other")
    with pytest.raises(ValueError, match=r"have changed: their SHA-256 is [0-9a-f]{64} now"):
        EncoderWeights(path=str(moved), sha256=weights.sha256)


def test_a_folder_is_known_by_what_is_in_it(tmp_path: Path) -> None:
    saved(tmp_path)
    before = EncoderWeights(path=str(tmp_path)).sha256
    (tmp_path / "README.md").write_text("notes")
    assert EncoderWeights(path=str(tmp_path)).sha256 == before
    (tmp_path / "config.json").write_text((tmp_path / "config.json").read_text() + " ")
    assert EncoderWeights(path=str(tmp_path)).sha256 != before


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "either a path or a hub name"),
        ({"path": "a", "hub": "b"}, "either a path or a hub name"),
        ({"hub": "b"}, r"hub = 'b': give weights\.revision too"),
        ({"path": "nowhere.pt"}, r"there is no file nowhere\.pt, nor a folder with weights"),
    ],
)
def test_weights_that_nobody_could_find_are_refused(fields: dict[str, str], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        EncoderWeights(**fields)


@pytest.mark.parametrize(
    ("name", "weights", "says"),
    [
        ("beats", None, r'"beats" needs trained weights: set weights = \{ path'),
        ("ast", None, '"ast" needs trained weights'),
        ("random", EncoderWeights(hub="a", revision="b"), "leave weights out"),
        ("beats", EncoderWeights(hub="a", revision="b"), r"give weights\.path"),
    ],
)
def test_what_does_not_go_together_is_refused(name: Any, weights: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        check_encoder(name, weights)


def test_the_untrained_control_is_always_the_same() -> None:
    torch.manual_seed(1)
    first = encoder_of("random", None, 2)(WAVES)
    torch.manual_seed(2)
    drawn = torch.rand(1)
    torch.manual_seed(2)
    assert torch.equal(encoder_of("random", None, 2)(WAVES), first)
    assert torch.equal(torch.rand(1), drawn)  # and leaves the caller's generator alone
    with pytest.raises(ValueError, match=r'layer = 6; encoder = "random" has 0 to 5'):
        encoder_of("random", None, 6)


def test_each_name_has_its_loader(tmp_path: Path) -> None:
    beats = EncoderWeights(path=str(written(tmp_path / "beats.pt")))
    assert encoder_of("beats", beats, 1)(WAVES).shape == (1, 3, 8, 16)
    saved(tmp_path / "ast")
    ast = EncoderWeights(path=str(tmp_path / "ast"))
    assert encoder_of("ast", ast, 1)(WAVES).shape == (1, 5, 12, 16)
