"""Numerics: "auto" is found out once, and torch is left alone where there is no driver."""

from __future__ import annotations

import os
import shutil
import sys
from types import SimpleNamespace

import pytest

from asdbench.config import numerics
from asdbench.config.numerics import Numerics, check_bfloat16, has_cuda, resolve


@pytest.mark.parametrize(
    ("asked", "cuda", "device", "precision"),
    [
        ({}, True, "cuda", "bfloat16"),
        ({}, False, "cpu", "float32"),
        ({"device": "cpu"}, True, "cpu", "float32"),
        ({"device": "cuda"}, True, "cuda", "bfloat16"),
        ({"device": "cuda", "precision": "float32"}, True, "cuda", "float32"),
        ({"device": "cpu", "precision": "bfloat16"}, False, "cpu", "bfloat16"),
    ],
)
def test_auto_is_cuda_with_mixed_precision_where_there_is_one(
    asked: dict, cuda: bool, device: str, precision: str
) -> None:
    found = resolve(Numerics(**asked, threads=3, compile=True), cuda=lambda: cuda)
    assert found == Numerics(device=device, precision=precision, threads=3, compile=True)


def test_a_gpu_that_is_missing_is_an_error() -> None:
    with pytest.raises(
        ValueError, match="'cuda' is asked for, but there is none; use --device cpu"
    ):
        resolve(Numerics(device="cuda"), cuda=lambda: False)


@pytest.mark.parametrize("flag", ["avx512_bf16", "amx_bf16"])
def test_bfloat16_needs_a_cpu_that_has_it(monkeypatch: pytest.MonkeyPatch, flag: str) -> None:
    asked = Numerics(device="cpu", precision="bfloat16")
    monkeypatch.setattr(numerics, "cpu_flags", lambda: {"avx512f", flag})
    check_bfloat16(asked)
    monkeypatch.setattr(numerics, "cpu_flags", lambda: {"avx512f"})
    with pytest.raises(ValueError, match=r"neither AVX512-BF16 nor AMX.* = .float32."):
        check_bfloat16(asked)
    check_bfloat16(Numerics(device="cpu", precision="float32"))
    check_bfloat16(Numerics(device="cuda", precision="bfloat16"))


def test_no_threads_are_an_error() -> None:
    with pytest.raises(ValueError, match="numerics threads is 0; it must be at least 1"):
        Numerics(threads=0)


@pytest.mark.parametrize("sign", ["nvidia-smi", "/dev/nvidiactl", "/dev/kfd", "/dev/dxg", ""])
@pytest.mark.parametrize("usable", [True, False])
def test_torch_is_asked_only_where_a_driver_is_installed(
    monkeypatch: pytest.MonkeyPatch, sign: str, usable: bool
) -> None:
    asked = []

    def is_available() -> bool:
        asked.append(True)
        return usable

    torch = SimpleNamespace(cuda=SimpleNamespace(is_available=is_available))
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setattr(shutil, "which", lambda name: name if name == sign else None)
    monkeypatch.setattr(os.path, "exists", lambda path: path == sign)
    assert has_cuda() is (usable and sign != "")
    assert asked == ([True] if sign else [])
