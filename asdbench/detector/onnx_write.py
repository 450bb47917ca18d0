"""A network written as an ONNX file by PyTorch's exporter."""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel

LOUD = ("onnxscript", "onnx_ir", "torch.onnx", "torch.onnx._internal.exporter._registration")


def write(network: nn.Module, samples: int, file: Path, about: Mapping[str, str]) -> None:
    """Write a network from ``samples`` (N, S) to ``scores``; ``about`` becomes its metadata.

    Raises ``ValueError``, saying why, where it can't be exported.
    """
    example_NS = torch.zeros(2, samples)  # of one clip, the number would be fixed
    # Faster kernels of attention have strides that its parts, which are exported, haven't got.
    with _quiet(), sdpa_kernel(SDPBackend.MATH):
        try:
            program: Any = torch.onnx.export(
                network,
                (example_NS,),
                dynamo=True,
                verbose=False,
                input_names=["samples"],
                output_names=["scores"],
                dynamic_shapes=({0: torch.export.Dim("clips")},),
            )
        except torch.onnx.OnnxExporterError as error:
            said = str(error.__cause__ or error).strip().splitlines()
            raise ValueError(f"PyTorch says: {said[0]}") from error
        for node in program.model.graph.all_nodes():
            node.metadata_props.clear()  # where in which file of this computer it comes from
        clips = program.model.graph.inputs[0].shape[0]
        if isinstance(clips, int):
            raise ValueError(
                f"its network is for {clips} clips alone; in as_network, x.shape[0] is any number "
                "and len(x) is not"
            )
        program.model.metadata_props.update(about)
        program.save(file, external_data=False)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """What the exporter has to say of itself is left out."""
    before = {name: logging.getLogger(name).level for name in LOUD}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            for name in LOUD:
                logging.getLogger(name).setLevel(logging.ERROR)
            yield
        finally:
            for name, level in before.items():
                logging.getLogger(name).setLevel(level)
