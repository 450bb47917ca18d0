"""What a process may use, in a container or a batch job."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import pytest

from asdbench.config import system
from asdbench.config.system import cache_folder, cores, cpu_flags, cpu_model, memory


def test_no_more_cores_than_this_process_may_run_on() -> None:
    if not hasattr(os, "sched_setaffinity"):
        pytest.skip("this system has no affinity")
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        assert cores() == 1
    finally:
        os.sched_setaffinity(0, before)
    assert 1 <= cores() <= len(before)


def test_no_more_cores_than_a_control_group_leaves_the_time_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(96)), raising=False)
    own, step = tmp_path / "own", tmp_path / "cgroup" / "job" / "step"
    own.write_text("0::/job/step\n")
    step.mkdir(parents=True)
    for limit, of_job, expected in [
        ("max 100000", "max 100000", 96),
        ("400000 100000", "max 100000", 4),
        ("9600000 50000", "250000 100000", 2),
        ("50000 100000", "max 100000", 1),
    ]:
        (step / "cpu.max").write_text(limit + "\n")
        (step.parent / "cpu.max").write_text(of_job + "\n")
        assert cores(own, tmp_path / "cgroup") == expected


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({}, None),
        ({"job/step": "max"}, None),
        ({"job/step": "1000"}, 1000),
        ({"job/step": "max", "job": "2000"}, 2000),
        ({"job/step": "3000", "": "500"}, 500),
        ({"other": "1"}, None),
    ],
)
def test_the_least_that_a_control_group_leaves(
    tmp_path: Path, limits: dict[str, str], expected: int | None
) -> None:
    own = tmp_path / "own"
    own.write_text("4:memory:/elsewhere\n0::/job/step\n")
    for group, limit in limits.items():
        folder = tmp_path / "cgroup" / group
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "memory.max").write_text(limit + "\n")
    everything = memory(tmp_path / "missing", tmp_path / "cgroup")
    assert everything > 1 << 28
    assert memory(own, tmp_path / "cgroup") == (expected or everything)


def test_the_cache_folder_is_the_users_choice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASDBENCH_CACHE", str(tmp_path / "here"))
    assert cache_folder() == tmp_path / "here"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("ASDBENCH_CACHE", "~/there")
    assert cache_folder() == tmp_path / "there"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASDBENCH_CACHE", "relative")
    assert cache_folder() == tmp_path / "relative"
    monkeypatch.delenv("ASDBENCH_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert cache_folder().name == "asdbench"


def test_the_processor_has_a_name_on_every_system_and_what_it_can_do_on_linux(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told = tmp_path / "cpuinfo"
    monkeypatch.setattr(system, "CPUINFO", told)  # missing, as on a Mac
    assert cpu_model() == (platform.processor() or platform.machine())
    assert cpu_flags() == set()
    of_one = "model name\t: Some CPU\nflags\t\t: fpu avx2 avx512_bf16\n"
    told.write_text(f"processor\t: 0\n{of_one}\nprocessor\t: 1\n{of_one}")
    assert cpu_model() == "Some CPU"
    assert cpu_flags() == {"fpu", "avx2", "avx512_bf16"}
