"""Every fenced block of the documents is of a language that says how it is checked, and is."""

from __future__ import annotations

import csv
import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from command_lines import check, lines
from documents import PARSED, RUN, SHOWN, Block, blocks

from asdbench.config.experiment import read
from asdbench.config.selection import choose


def named(*languages: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("block", blocks(*languages), ids=str)


def test_no_block_is_left_out() -> None:
    known = {*RUN, *PARSED, *SHOWN}
    unknown = [f"{one}: {one.language or 'no language'}" for one in blocks()]
    unknown = [said for said in unknown if said.split(": ")[1] not in known]
    assert not unknown, f"say how each is checked ({', '.join(sorted(known))}): {unknown}"


@named("sh", "bash")
def test_every_command_is_one_that_its_program_takes(block: Block) -> None:
    found = [*lines(block.text)]
    assert found
    for words in found:
        check(words)


@named("py")
def test_parts_of_python_are_python(block: Block) -> None:
    compile(block.text, str(block), "exec")


@named("toml")
def test_every_experiment_shown_can_be_read(block: Block, tmp_path: Path) -> None:
    tables = tomllib.loads(block.text)
    if block.file.endswith("submission.toml"):
        return  # the page that fills it in is run, and it is checked there
    if "project" in tables:
        groups = tables["project"]["entry-points"]
        assert {*groups} <= {f"asdbench.{kind}" for kind in ("methods", "datasets", "leaderboards")}
        return
    file = tmp_path / "shown.toml"
    file.write_text(block.text)
    _, experiment = read(str(file))
    absent = {label for label, fields in experiment.variants.items() if "weights" in fields}
    named = {*experiment.variants, *experiment.tables} - absent  # checkpoints aren't brought along
    assert {row.label for row in choose(experiment, [*named] or ["knn"]).rows} >= named


@named("json")
def test_every_json_shown_is_json(block: Block) -> None:
    assert json.loads(block.text)


@named("csv")
def test_every_table_shown_has_a_cell_for_each_column(block: Block) -> None:
    assert len({len(row) for row in csv.reader(block.text.splitlines())}) == 1


def test_every_workflow_shown_has_commands_that_can_be_run() -> None:
    for block in blocks("yaml"):
        steps = [
            step for job in yaml.safe_load(block.text)["jobs"].values() for step in job["steps"]
        ]
        shell = "\n".join(step.get("run", "") for step in steps)
        ours = re.findall(r"^(?:asdbench|pip) [^|\n]+", shell, re.M)
        assert ours
        for words in lines("\n".join(ours)):
            check(words)
