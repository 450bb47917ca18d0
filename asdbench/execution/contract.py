"""The contract of a method, tried on a few seconds of synthetic machines."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from asdbench.config import plugins
from asdbench.config.defaults import Settings
from asdbench.config.imports import told_if_slow
from asdbench.config.keys import plain
from asdbench.config.plugins import Plugin
from asdbench.config.said import SHOWN, cut, with_kind
from asdbench.config.schema import build, merge
from asdbench.config.selection import by_method, check_settings
from asdbench.data.clips import Clips
from asdbench.engines.job import Job
from asdbench.engines.server import Message
from asdbench.engines.workers import Workers
from asdbench.evaluation.metrics import auc
from asdbench.execution.contract_clips import clips_for
from asdbench.execution.contract_trial import Scores, Trial
from asdbench.execution.decisions import decisions
from asdbench.training.fitted import NotKeptError

CLOSE = 1e-5  # relative to the spread of the scores
# The ID methods' own defaults are the paper's: hours here. The contract doesn't depend on the size.
_NETWORK = {"width": 0.125, "tgram": False}
_TRAINING = {"epochs": 15, "lr": 2e-3, "warm_epochs": 5, "batch": {"size": 16}}
_PRETRAINING = {"epochs": 2, "batch": {"size": 16}}
_TWO_STAGES = {"encoder": _NETWORK, "pretraining": _PRETRAINING, "classifier": _TRAINING}
QUICK: dict[str, dict[str, Any]] = {
    "adacos": {"training": {"width": 0.125, "clusters": 2, "epochs": 15, "batch": 16}},
    "pretrained": {"encoder": "random", "layer": 1},
    "id_classifier": {"encoder": _NETWORK, "classifier": _TRAINING},
    "simclr": _TWO_STAGES,
    "id_contrastive": _TWO_STAGES,
}


@dataclass(frozen=True)
class Finding:
    """One rule of the contract, and whether the method keeps it."""

    rule: str
    passed: bool
    detail: str = ""

    def __post_init__(self) -> None:
        if self.passed:
            object.__setattr__(self, "detail", "")  # there is nothing wrong to tell


def check(
    method: str,
    *,
    settings: Settings | None = None,
    on_finding: Callable[[Finding], None] = lambda _: None,
) -> list[Finding]:
    """Check that a method keeps the contract; the ID methods in a small size.

    Every rule is tried in turn, in a process of its own; what makes the others pointless ends it.

    Args:
        method: A method's name, or its file.
        settings: Fields of the method, as ``run`` takes them: ``{"knn": {"k": 3}}``.
        on_finding: Is told each finding as it is made.

    Returns:
        A finding for each rule: ``rule``, ``passed``, and a ``detail`` of what is wrong.

    Raises:
        ValueError: for an unknown method or field, or a plugin that can't be loaded.

    Example:
        >>> import asdbench
        >>> all(finding.passed for finding in asdbench.check("knn"))
        True
    """
    plugin = plugins.find(plugins.METHODS, method)
    check_settings(settings, {plugin.name})
    fields = merge(QUICK.get(plugin.name, {}), by_method(settings).get(plugin.name, {}))
    found: list[Finding] = []
    failed = None
    with (
        told_if_slow(plugin.file) as importing,
        tempfile.TemporaryDirectory() as scratch,
        contextlib.closing(Workers()) as workers,
    ):
        job = Job((plugin, fields), Path(scratch))
        for message in workers.run([job], _try_rules, at_once=1):
            if message.kind != "started":
                importing.cancel()
            if message.kind == "failed":
                failed = message.content[0]
            elif message.kind in {"said", "died"}:
                found.append(_finding(message))
                on_finding(found[-1])
    if failed:
        raise ValueError(failed)
    return found


def _finding(message: Message) -> Finding:
    if message.kind == "died":
        return Finding("leaves its process alive", False, message.content[0])
    (finding,) = message.content
    assert isinstance(finding, Finding)
    return finding


def _try_rules(asked: tuple[Plugin, Mapping[str, Any]], say: Callable[[Finding], None]) -> None:
    for finding in findings(*asked):
        say(finding)


def findings(plugin: Plugin, fields: Mapping[str, Any]) -> Iterator[Finding]:
    """Every rule in turn, in this process."""
    cls = plugin.load()
    build(cls, fields, plugin.name)
    yield Finding(
        "declares its scope, 'machine' or 'dataset'",
        getattr(cls, "scope", None) in {"machine", "dataset"},
        f"scope = {getattr(cls, 'scope', None)!r}",
    )
    yield Finding("says in its docstring what it is", bool(plugin.summary), "no docstring")
    train, test = clips_for(getattr(cls, "scope", "dataset"))
    trial = Trial(cls, fields, plugin.name)
    try:
        method, scores = trial.fit(train.blind(), test.blind())
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a stranger's code
        yield Finding("fits, and gives one finite score a clip", False, cut(repr(error), SHOWN))
        return
    yield Finding("fits, and gives one finite score a clip", True)
    yield _decides(method, train.blind(), test.blind(), scores)
    yield from _same_scores(trial, method, scores, train, test)
    yield _restores(trial, method, scores, test.blind())
    area = auc([bool(clip.anomalous) for clip in test], scores)
    yield Finding("noise scores higher than the machine", area > 0.5, f"AUC {area:.2f}")
    try:
        after = plain(build(cls, plain(method), plugin.name))
    except (TypeError, ValueError):  # they aren't even what a field may be
        after = None
    yield Finding(
        "its fields hold after fitting",
        after == plain(build(cls, fields, plugin.name)),
        "fit or score changed them; what is learned goes into attributes that end in _",
    )


def _decides(method: Any, train: Clips, test: Clips, scores: Scores) -> Finding:
    """Training clips are scored after a run too, for the thresholds of decisions."""
    rule = "its training clips can be scored, for a threshold"
    try:
        decisions(method, train, test, scores)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a stranger's code
        return Finding(rule, False, cut(repr(error), SHOWN))
    return Finding(rule, True)


def _same_scores(
    trial: Trial, method: Any, scores: Scores, train: Clips, test: Clips
) -> Iterator[Finding]:
    """What may not change a score: another fit, order, company, labels."""
    blind = test.blind()
    backwards = list(reversed(range(len(test))))
    again = partial(trial.scores, train.blind(), blind)
    yield _same("the same seed gives the same scores", scores, again)
    if getattr(type(method), "deterministic", False):
        rule = "another seed gives the same scores, as it declares"
        yield _same(rule, scores, partial(again, "another"))
    yield _same(
        "the order of the clips doesn't matter",
        scores,
        lambda: trial.score(method, blind.pick(backwards))[::-1],
    )
    yield _same(
        "a clip's score doesn't depend on the clips beside it",
        scores,
        lambda: np.concatenate([trial.score(method, blind.pick([i])) for i in range(len(test))]),
    )
    yield _same("labels and names make no difference", scores, partial(trial.scores, train, test))


def _restores(trial: Trial, method: Any, scores: Scores, test: Clips) -> Finding:
    """What ``fit`` learned can be written down, and scores the same to the last bit."""
    rule = "what it learned can be kept, and scores the same when it is restored"
    try:
        found = trial.score(trial.restored(method), test)
    except NotKeptError as error:
        return Finding(rule, False, str(error))
    except AttributeError as error:
        what = "what scoring needs goes into attributes that end in _"
        return Finding(rule, False, f"{with_kind(error)}; {what}")
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a stranger's code
        return Finding(rule, False, cut(repr(error), SHOWN))
    return Finding(rule, bool(np.array_equal(found, scores)), "its scores differ")


def _same(rule: str, expected: Scores, again: Callable[[], Scores]) -> Finding:
    try:
        found = again()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a stranger's code
        return Finding(rule, False, cut(repr(error), SHOWN))
    scale = max(float(np.ptp(expected)), float(np.abs(expected).max()), 1e-12)
    apart = float(np.abs(expected - found).max()) / scale
    return Finding(rule, apart <= CLOSE, f"scores differ by {apart:.1e} of their size")
