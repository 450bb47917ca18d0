"""A stage that was damaged is made again: it is a cache."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from stages_elsewhere import Config, context
from torch import Tensor

from asdbench import Context


@pytest.mark.parametrize("damage", ["garbled", "cut", "a folder", "a link to nowhere"])
def test_a_stage_that_was_damaged_is_trained_again(
    tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    trained: list[Config] = []

    def train(config: Config, lent: Context) -> dict[str, Tensor]:
        trained.append(config)
        return {"x": torch.arange(100.0)}

    context(tmp_path).stage("first", Config(), train)
    [path] = (tmp_path / "stages").glob("*.safetensors")
    content = path.read_bytes()
    if damage in {"garbled", "cut"}:
        path.write_bytes(b"\xff" * 100 if damage == "garbled" else content[:-3])
    else:
        path.unlink()
        path.mkdir() if damage == "a folder" else path.symlink_to("nowhere")
    for _ in range(2):
        found = context(tmp_path).stage("first", Config(), train)
        assert found["x"].equal(torch.arange(100.0))
    assert len(trained) == 2
    assert (str(path) in caplog.text) == (damage != "a link to nowhere")


def test_a_stage_in_anothers_place_is_not_loaded(tmp_path: Path) -> None:
    def train(config: Config, lent: Context) -> dict[str, Tensor]:
        return {"x": torch.full((2,), float(config.width))}

    for width in (2, 3):
        context(tmp_path).stage("first", Config(width=width), train)
    one, other = (tmp_path / "stages").glob("*.safetensors")
    one.write_bytes(other.read_bytes())
    for width in (2, 3):
        found = context(tmp_path).stage("first", Config(width=width), train)
        assert found["x"].tolist() == [width, width]
