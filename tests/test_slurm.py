"""The script for SLURM, with programs in place of SLURM's, Ray's and asdbench that take notes."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest
from documents import ROOT
from processes import wait_for

SCRIPT = ROOT / "docs" / "slurm.sh"
PROGRAMS = {
    "scontrol": 'printf "gpu-a\\ngpu-b\\ngpu-c\\n" | head -n "$NODES"',
    # The last words are the program: Ray, which stays.
    "srun": 'echo "srun $*" >> "$NOTES"; [ -z "$NO_RAY" ] || exit 1; touch "$NOTES.ray"; sleep 60',
    "ray": '[ "$1" = status ] && [ -e "$NOTES.ray" ]',
    "python": 'echo "${NODES_THERE:-$NODES}"',  # asked how many nodes of Ray there are
    # What is told to stop waits for it before its note says that it is there.
    "asdbench": (
        '[ -z "$LONG" ] || trap \'echo told >> "$NOTES"; exit 130\' TERM;'
        ' echo "asdbench $* at $RAY_ADDRESS" >> "$NOTES";'
        ' [ -z "$LONG" ] || { sleep 60 & wait; };'
        " exit 3"
    ),
}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    for name, text in PROGRAMS.items():
        program = tmp_path / name
        program.write_text(f"#!/usr/bin/env bash\n{text}\n")
        program.chmod(0o755)
    slurm = {"SLURM_JOB_NODELIST": "gpu-[a-c]", "SLURM_CPUS_PER_TASK": "32"}
    ours = {"NODES": "3", "NOTES": str(tmp_path / "notes"), "LONG": "", "NO_RAY": ""}
    path = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    return os.environ | slurm | ours | path


def started(environment: dict[str, str]) -> subprocess.Popen[str]:
    words = ["bash", str(SCRIPT), "run", "paper", "--data", "/shared/my data"]
    return subprocess.Popen(words, env=environment, stderr=subprocess.PIPE, text=True)


def noted(environment: dict[str, str]) -> list[str]:
    return sorted(Path(environment["NOTES"]).read_text().splitlines())


@pytest.mark.parametrize("nodes", [1, 3])
def test_ray_is_on_every_node_and_the_command_on_the_first(
    environment: dict[str, str], nodes: int
) -> None:
    environment["NODES"] = str(nodes)
    with started(environment) as script:
        assert script.wait(20) == 3, "the exit code is that of asdbench"
    command, *srun = noted(environment)
    assert command == "asdbench run paper --data /shared/my data --engine ray at gpu-a:6379"
    each, ray = "--cpus-per-task=32 --ntasks-per-node=1", "ray start --block --num-cpus=32"
    head = f"srun --nodes=1 --nodelist=gpu-a {each} {ray} --head --port=6379"
    others = f"srun --nodes=2 --exclude=gpu-a {each} {ray} --address=gpu-a:6379"
    assert srun == ([head, others] if nodes > 1 else [head])


def test_when_the_time_is_nearly_over_the_command_stops_by_itself(
    environment: dict[str, str],
) -> None:
    environment["LONG"] = "yes"
    notes = Path(environment["NOTES"])
    with started(environment) as script:
        wait_for(lambda: notes.exists() and "asdbench" in notes.read_text(), 20)
        script.send_signal(signal.SIGTERM)
        assert script.wait(20) == 130
    assert "told" in noted(environment)


def test_told_to_stop_before_the_command_has_begun_it_ends(environment: dict[str, str]) -> None:
    environment["NODES"] = "3"
    environment["NODES_THERE"] = "1"
    ray = Path(environment["NOTES"] + ".ray")
    with started(environment) as script:
        wait_for(ray.exists, 20)
        script.send_signal(signal.SIGTERM)
        assert script.wait(20) == 143
    assert not any(line.startswith("asdbench") for line in noted(environment))


def test_a_ray_that_does_not_start_is_said(environment: dict[str, str]) -> None:
    environment["NO_RAY"] = "yes"
    with started(environment) as script:
        assert script.wait(20) == 1
        assert script.stderr is not None
        assert "Ray has not started on gpu-a" in script.stderr.read()
    assert not any(line.startswith("asdbench") for line in noted(environment))
