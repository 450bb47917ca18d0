"""Dataset plugins that do harm, or declare what is no recording: named, and nothing is run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from plugin_files import installed_in

from asdbench.config.frontend import Frontend
from asdbench.config.plugins import DATASETS, BrokenPluginError
from asdbench.data.clips import Clip, Recording
from asdbench.data.decode import Generated
from asdbench.data.loading import dataset_of, load, recordings_of

SOURCE = """
import sys
from dataclasses import dataclass

@dataclass(frozen=True)
class Odd:
    '''A dataset.'''
    size: int = 1

    def __post_init__(self):
        {made}

    def recordings(self):
        {told}
"""


def odd(folder: Path, monkeypatch: pytest.MonkeyPatch, **body: str) -> None:
    source = SOURCE.format(**{"made": "pass", "told": "return []"} | body)
    installed_in(folder, "odd", source, entry="odd = {module}:Odd", group=DATASETS)
    monkeypatch.syspath_prepend(folder)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (
            "raise KeyError('fan')",
            r"dataset Odd can't tell its recordings: KeyError: 'fan' \(.*py",
        ),
        ("sys.exit(0)", r"can't tell its recordings: SystemExit: 0"),
        ("return None", "'NoneType' object is not iterable"),
        ("return ['a.wav']", "'a.wav' is no Recording of a Clip"),
        ("yield from [3]", "3 is no Recording"),
    ],
)
def test_what_goes_wrong_in_a_dataset_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: str, said: str
) -> None:
    odd(tmp_path, monkeypatch, told=told)
    with pytest.raises(BrokenPluginError, match=said):
        recordings_of(dataset_of({"name": "odd"}))


def test_one_that_cannot_be_made_is_named_and_a_users_error_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd(tmp_path, monkeypatch, made="{}['size']")
    with pytest.raises(BrokenPluginError, match=r"dataset odd can't be made: KeyError: 'size'"):
        dataset_of({"name": "odd"})
    with pytest.raises(ValueError, match="no field 'seize'; did you mean size"):
        dataset_of({"name": "odd", "seize": 1})


SILENCE = Generated("silence", lambda: np.zeros(800, np.int16), 800, 16000)
CLIP = Clip("fan", "00", "development", "test", anomalous=True, name="a.wav")


class Given:
    def __init__(self, *found: Recording) -> None:
        self._found = found

    def recordings(self) -> list[Recording]:
        return list(self._found)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"anomalous": "normal"}, "anomalous = 'normal' of .*: give True, False or None"),
        ({"anomalous": 1}, "anomalous = 1 of .*: give True, False or None"),
        ({"split": "Test"}, "split = 'Test' of .*; give one of"),
        ({"subset": "dev"}, "subset = 'dev' of .*; give one of"),
        ({"machine": 3}, "machine = 3 of .*: give a text"),
        ({"id": ""}, "id = '' of .*: give a text"),
    ],
)
def test_a_clip_that_is_none_is_named(changed: dict[str, Any], said: str) -> None:
    assert recordings_of(Given(Recording(CLIP, SILENCE))) == [Recording(CLIP, SILENCE)]
    with pytest.raises(BrokenPluginError, match=said):
        recordings_of(Given(Recording(replace(CLIP, **changed), SILENCE)))


@pytest.mark.parametrize("kind", [np.int32, np.uint8, np.complex64])
def test_samples_of_a_kind_that_nobody_can_scale_are_refused(kind: type) -> None:
    source = Generated(f"odd {kind}", lambda: np.ones(800, kind), 800, 16000)
    with pytest.raises(ValueError, match="samples; give int16, or floats in"):
        load([Recording(CLIP, source)], Frontend())
