"""``check``: the rules tried in a process of its own, told as they are found."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from plugin_files import LOUDNESS, written
from warm import warm

from asdbench.execution.contract import Finding, check

HARMFUL = """
    import os
    from dataclasses import dataclass
    from typing import ClassVar

    @dataclass
    class Harmful:
        '''Harms whoever runs it.'''
        scope: ClassVar[str] = "machine"

        def fit(self, train, context):
            os.environ["LEFT_BY_HARMFUL"] = "1"
            os._exit(3)

        def score(self, test): ...
"""


@pytest.fixture(autouse=True)
def _warm() -> Iterator[None]:
    with warm():
        yield


def test_findings_are_told_one_by_one_and_are_all_there_at_the_end() -> None:
    told: list[Finding] = []
    found = check("knn", settings={"knn": {"k": 2}}, on_finding=told.append)
    assert found == told
    assert len(found) == 12
    assert all(finding.passed for finding in found)


def test_a_method_that_ends_its_process_harms_nobody(tmp_path: Path) -> None:
    found = check(str(written(tmp_path / "harmful.py", HARMFUL)))
    assert [finding.passed for finding in found] == [True, True, False]
    assert found[-1].rule == "leaves its process alive"
    assert found[-1].detail == "its process ended with exit code 3"
    assert "LEFT_BY_HARMFUL" not in os.environ


@pytest.mark.parametrize(
    ("method", "settings", "said"),
    [
        ("knm", {}, "no method 'knm'; did you mean knn"),
        ("gone.py", {}, "no file gone.py"),
        ("knn", {"knn": {"kk": 3}}, "knn: no field 'kk'; did you mean k"),
        (
            "knn",
            {"autoencoder": {"k": 3}},
            "fields of 'autoencoder' are set, but what is asked for is knn",
        ),
    ],
)
def test_what_cannot_be_checked_is_an_error(
    method: str, settings: dict[str, dict[str, int]], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        check(method, settings=settings)


def test_a_broken_file_is_an_error_and_a_good_one_takes_settings(tmp_path: Path) -> None:
    broken = written(tmp_path / "broken.py", "raise RuntimeError('no such device')")
    with pytest.raises(ValueError, match="'broken' can't be loaded: RuntimeError: no such device"):
        check(str(broken))
    good = written(tmp_path / "loudness.py", LOUDNESS)
    found = {f.rule: f.passed for f in check(str(good), settings={"loudness": {"sign": -1.0}})}
    assert not found["noise scores higher than the machine"]
