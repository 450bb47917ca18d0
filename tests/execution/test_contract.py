"""The contract: every plugin keeps it, and whoever breaks a rule is found."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest

from asdbench.config import plugins
from asdbench.config.experiment import read
from asdbench.config.plugins import METHODS
from asdbench.execution.contract import QUICK, Finding, findings

# Small enough to wait for.
_, SMOKE = read("smoke")
SMALL = {**QUICK, **SMOKE.methods}


# An epoch or two at that size leave them at chance; what they learn, their own tests show.
UNTRAINED = {"id_classifier", "id_contrastive", "simclr"}


@pytest.mark.parametrize("name", plugins.available(METHODS))
def test_every_method_keeps_the_contract(name: str) -> None:
    found = {f.rule: f for f in findings(plugins.find(METHODS, name), SMALL.get(name, {}))}
    assert set(found) - {ANY_SEED} == RULES
    assert (ANY_SEED in found) == (name == "knn")
    if name in UNTRAINED:
        found.pop(SIGN)
    assert [f"{f.rule}: {f.detail}" for f in found.values() if not f.passed] == []


GOOD = """
    import numpy as np
    from dataclasses import dataclass
    from typing import ClassVar
    from asdbench import Clips, Context, Scope

    @dataclass
    class Loudness:
        '''Louder is more anomalous.'''
        scope: ClassVar[Scope] = "machine"
        weight: float = 1.0

        def fit(self, train: Clips, context: Context) -> None:
            self.level_ = float(train.logmel().mean())

        def score(self, test: Clips):
            scores = test.logmel().mean(dim=(1, 2)).double().numpy() - self.level_
            return scores
"""
FITTED = "self.level_ = float(train.logmel().mean())"
SCORED = "return scores"

SAME_SEED = "the same seed gives the same scores"
ORDER = "the order of the clips doesn't matter"
BESIDE = "a clip's score doesn't depend on the clips beside it"
ANY_SEED = "another seed gives the same scores, as it declares"
BLIND = "labels and names make no difference"
SIGN = "noise scores higher than the machine"
SHAPE = "fits, and gives one finite score a clip"
FIELDS = "its fields hold after fitting"
SCOPE = "declares its scope, 'machine' or 'dataset'"
DOCSTRING = "says in its docstring what it is"
KEPT = "what it learned can be kept, and scores the same when it is restored"
DECIDES = "its training clips can be scored, for a threshold"
RULES = {SAME_SEED, ORDER, BESIDE, BLIND, SIGN, SHAPE, DECIDES, KEPT, FIELDS, SCOPE, DOCSTRING}

# What is planted: instead of which line, which line, and the rules that find it.
PLANTED: dict[str, tuple[str, str, set[str]]] = {
    "scores by the label": (
        SCORED,
        "return np.array([x + 1e3 * bool(c.anomalous) for x, c in zip(scores, test)])",
        {BLIND},
    ),
    "scores by the name": (
        SCORED,
        "return np.array([x + 1e3 * ('anomaly' in str(c.name)) for x, c in zip(scores, test)])",
        {BLIND},
    ),
    "learns from names": (
        FITTED,
        f"{FITTED}; self.level_ *= 1 + (train[0].name is not None)",
        {BLIND},
    ),
    "fails on labels": (
        SCORED,
        "assert not any(c.anomalous for c in test); return scores",
        {BLIND},
    ),
    "depends on the order": (
        SCORED,
        "return scores + 0.01 * np.arange(len(scores))",
        {ORDER, BESIDE},
    ),
    "is relative to the other test clips": (SCORED, "return scores - scores.mean()", {BESIDE}),
    "divides by the deviation of the test clips": (
        SCORED,
        "return (scores - scores.mean()) / scores.std()",
        {BESIDE},
    ),
    "remembers the clips scored before": (
        SCORED,
        "self.level_ -= 0.01; return scores",
        {ORDER, BESIDE, KEPT},
    ),
    "draws without the seed": (
        FITTED,
        f"{FITTED}; self.level_ += np.random.default_rng().random()",
        {SAME_SEED, BLIND},
    ),
    "draws while scoring": (
        SCORED,
        "return scores + np.random.default_rng().random(len(scores))",
        {SAME_SEED, ORDER, BESIDE, BLIND, KEPT},
    ),
    "keeps a closure": (FITTED, f"{FITTED}; self.far_ = lambda x: x", {KEPT}),
    "keeps what scoring needs under a name of its own": (
        FITTED,
        f"{FITTED}; self._once = True",
        {KEPT},
    ),
    "scores test clips alone": (
        SCORED,
        "assert test[0].split == 'test'; return scores",
        {DECIDES},
    ),
    "gives NaN": (SCORED, "scores[0] = np.nan; return scores", {SHAPE}),
    "gives infinity": (SCORED, "scores[-1] = np.inf; return scores", {SHAPE}),
    "gives one score too few": (SCORED, "return scores[1:]", {SHAPE}),
    "gives a column": (SCORED, "return scores[:, None]", {SHAPE}),
    "gives nothing": (SCORED, "return None", {SHAPE}),
    "raises": (FITTED, "raise RuntimeError('no such device')", {SHAPE}),
    "exits": (FITTED, "raise SystemExit(3)", {SHAPE}),
    "has its sign wrong": (SCORED, "return -scores", {SIGN}),
    "gives the same score to all": (SCORED, "return 0 * scores", {SIGN}),
    "changes its fields": (FITTED, f"{FITTED}; self.weight = 2.0", {FIELDS}),
    "changes a field's type": (FITTED, f"{FITTED}; self.weight = 'heavy'", {FIELDS}),
    "makes a field an array": (FITTED, f"{FITTED}; self.weight = np.ones(2)", {FIELDS}),
    "has no scope": ('scope: ClassVar[Scope] = "machine"', "", {SCOPE}),
    "has another scope": ('Scope] = "machine"', 'Scope] = "clip"', {SCOPE}),
    "has no docstring": ("'''Louder is more anomalous.'''", "", {DOCSTRING}),
}


def found_in(folder: Path, source: str, **fields: Any) -> list[Finding]:
    file = folder / "planted.py"
    file.write_text(textwrap.dedent(source))
    return list(findings(plugins.find(METHODS, str(file)), fields))


def test_a_good_method_of_a_stranger_passes(tmp_path: Path) -> None:
    assert [f.rule for f in found_in(tmp_path, GOOD, weight=2.0) if not f.passed] == []


@pytest.mark.filterwarnings("ignore:invalid value")
@pytest.mark.parametrize(("line", "instead", "rules"), PLANTED.values(), ids=PLANTED)
def test_whoever_breaks_a_rule_is_found(
    tmp_path: Path, line: str, instead: str, rules: set[str]
) -> None:
    assert GOOD.count(line) == 1
    source = GOOD.replace(line, instead)
    if "_once" in instead:
        source = source.replace(SCORED, "assert self._once; return scores")
    found = found_in(tmp_path, source)
    failed = {f.rule: f.detail for f in found if not f.passed}
    assert set(failed) == rules
    assert all(failed.values())  # each says what was seen


@pytest.mark.parametrize(("level", "broken"), [("0.0", []), ("context.seed % 1000", [ANY_SEED])])
def test_who_declares_no_randomness_may_not_depend_on_the_seed(
    tmp_path: Path, level: str, broken: list[str]
) -> None:
    weight = "weight: float = 1.0"
    declared = GOOD.replace(weight, f"deterministic: ClassVar[bool] = True\n        {weight}")
    found = found_in(tmp_path, declared.replace(FITTED, f"self.level_ = {level}"))
    assert ANY_SEED in {f.rule for f in found}
    assert [f.rule for f in found if not f.passed] == broken


def test_the_cause_is_said(tmp_path: Path) -> None:
    def detail(line: str, instead: str) -> str:
        [found] = [
            f.detail for f in found_in(tmp_path, GOOD.replace(line, instead)) if f.rule == SHAPE
        ]
        return found

    assert "no such device" in detail(FITTED, "raise RuntimeError('no such device')")


def test_an_unknown_field_or_a_broken_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no field 'wieght'; did you mean weight\?"):
        found_in(tmp_path, GOOD, wieght=2.0)
    (tmp_path / "other").mkdir()
    with pytest.raises(ValueError, match="can't be loaded"):
        found_in(tmp_path / "other", "raise RuntimeError")
