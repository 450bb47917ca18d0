"""What a row of a submission lacks: scores, repeats, versions, source and cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from asdbench.config import plugins
from asdbench.evaluation import SUBSETS
from asdbench.results.records import Score
from asdbench.results.rows import Record
from asdbench.results.store import CODE
from asdbench.submission.about import SOURCE, About, is_link
from asdbench.submission.expected import Labelled, known_set, lacking, scored_clips
from asdbench.submission.guard import LARGEST_TEXT, RefusedError, read_text
from asdbench.submission.reading import (
    Flaw,
    cell_scores,
    clips_of,
    methods_of,
    read_cell,
    read_record,
)

_AGAIN = "run it again with asdbench run"
_VERSIONS = ("asdbench", "torch", "numpy")


@dataclass
class RowCheck:
    """One row under examination; ``test_sets`` has the hash that each subset should have."""

    folder: Path
    label: str
    about: About
    repeats: int
    test_sets: Mapping[str, str]
    cells: dict[str, dict[str, Any]] = field(default_factory=dict)
    scores: dict[int, list[Score]] = field(default_factory=dict)

    @property
    def _file(self) -> str:
        return f"rows/{self.label}.json"

    def faults(self) -> Iterator[Flaw]:
        """Everything that is missing or wrong."""
        try:
            record = read_record(self.folder, self.label)
        except RefusedError as error:
            yield Flaw(self._file, str(error), "make the submission anew")
            return
        for number, names in enumerate(record["repeats"]):
            yield from self._repeat(number, names)
        yield from self._clips()
        yield from self._seeds(record)
        yield from self._facts(record)
        yield from self._source(record)
        yield from self._cost(record)

    def _repeat(self, number: int, names: list[str]) -> Iterator[Flaw]:
        """A repeat counts where all of its cells are done and every line of scores is one."""
        whole, scores = True, []
        for name in names:
            try:
                cell = read_cell(self.folder, name)
                if cell is None:
                    raise RefusedError("it isn't done, there is no cell.json")
                scores += cell_scores(self.folder, name, cell)[0]
                self.cells[name] = cell
            except RefusedError as error:
                whole = False
                yield Flaw(f"cells/{name}", f"repeat {number} needs it: {error}", _AGAIN)
        if whole:
            self.scores[number] = scores

    def _clips(self) -> Iterator[Flaw]:
        """Every clip of the test set has a score in each repeat."""
        expected: dict[str, frozenset[Labelled]] = {}
        wrong: list[tuple[int, str, frozenset[Labelled]]] = []
        for number, scores in self.scores.items():
            try:
                hashes, clips = clips_of(scores), scored_clips(scores)
            except RefusedError as error:
                yield Flaw(self._file, f"repeat {number}: {error}", _AGAIN)
                continue
            for subset in [s for s in SUBSETS if s in clips]:
                if hashes[subset] == self.test_sets.get(subset):
                    expected[hashes[subset]] = clips[subset]
                else:
                    wrong.append((number, subset, clips[subset]))
            first = {score.subset for score in next(iter(self.scores.values()))}
            if {*clips} != first:
                yield Flaw(self._file, f"repeat {number} has other subsets than the first", _AGAIN)
        for number, subset, scored in wrong:
            test_set = self.test_sets.get(subset, "")
            whole = expected.get(test_set) or known_set(test_set)
            said = lacking(scored, whole) if whole else ["its clips aren't those of test-sets.json"]
            yield Flaw(
                self._file,
                f"repeat {number}, {subset}: {'; '.join(said)}",
                "score every test clip once, and none besides",
            )

    def _seeds(self, record: Record) -> Iterator[Flaw]:
        """Enough repeats, and no copies among others; a method that declares no seeds needs one."""
        declared = bool(record.get("deterministic"))
        asked, count = 1 if declared else self.repeats, len(record["repeats"])
        many = f"{asked} repeat{'s' * (asked != 1)}"
        if count < asked:
            yield Flaw(
                self._file,
                f"{count} repeat{'s' * (count != 1)}, and {many} with seeds of their own are asked",
                f"run it with --repeats {asked}, or import so many",
            )
        repeats = {n: tuple(sorted(s[:6] for s in scores)) for n, scores in self.scores.items()}
        if len({*repeats.values()}) == 1:  # seeds change nothing, as boards know it too
            return
        seen: dict[tuple[Any, ...], int] = {}
        for number, scores in repeats.items():
            same = seen.setdefault(scores, number)
            if same != number:
                yield Flaw(
                    self._file,
                    f"repeats {same} and {number} have the same scores, and others don't",
                    "a copy is no repeat: train with another seed",
                )

    def _facts(self, record: Record) -> Iterator[Flaw]:
        """Versions, code and date of what asdbench ran; of an import there are none."""
        if record["origin"]["kind"] not in {"run", "tuned"}:
            return
        without = {
            name: missing
            for name, cell in self.cells.items()
            if (missing := _unsaid(cell["facts"]))
        }
        for name, missing in list(without.items())[:1]:
            more = f" (and so for {len(without) - 1} more)" if len(without) > 1 else ""
            yield Flaw(f"cells/{name}", f"it doesn't tell {', '.join(missing)}{more}", _AGAIN)

    def _source(self, record: Record) -> Iterator[Flaw]:
        """Where what made the scores can be read: the method of asdbench, a file, or a link."""
        told = {**record.get("sources", {}), **self.about.links}
        if any(is_link(told.get(name, "")) for name in ("paper", "code")):
            return
        kind = record["origin"]["kind"]
        for method in methods_of(record):
            if kind == "import" or not (self._given(method) or self._ours(method)):
                yield Flaw(
                    self._file,
                    f"nobody can tell how {method} works: no source, and no link",
                    f"put its source into {SOURCE}/{method}.py, or fill in code or paper in "
                    "submission.toml"
                    if kind != "import"
                    else "fill in code or paper in submission.toml",
                )

    def _given(self, method: str) -> bool:
        """Whether the submission has its source."""
        for name in (f"{SOURCE}/{method}.py", *(f"cells/{cell}/{CODE}" for cell in self.cells)):
            try:
                return bool(read_text(self.folder, name, LARGEST_TEXT).strip())
            except RefusedError:
                continue
        return False

    def _ours(self, method: str) -> bool:
        """Whether it is a method that comes with asdbench, unchanged."""
        plugin = plugins.available(plugins.METHODS).get(method)
        sources = {cell["facts"].get("source") for cell in self.cells.values()} - {None}
        ours = plugin is not None and plugin.module.startswith("asdbench_methods.")
        return ours and plugin is not None and sources <= {plugin.source}

    def _cost(self, record: Record) -> Iterator[Flaw]:
        """What a repeat took: measured, or told."""
        measured = bool(self.cells) and all(cell.get("cost") for cell in self.cells.values())
        if self.cells and not measured and self.label not in self.about.cost:
            run = record["origin"]["kind"] in {"run", "tuned"}
            yield Flaw(
                self._file,
                "nothing says what it took",
                f"tell fit_seconds and score_ms under [cost.{self.label}] in submission.toml"
                + (", or run it again with --force" if run else ""),
            )


def _unsaid(facts: Mapping[str, Any]) -> list[str]:
    versions = facts.get("versions")
    there = versions if isinstance(versions, dict) else {}
    missing = [name for name in ("source", "python", "cpu", "finished") if not facts.get(name)]
    return [*missing, *(f"the version of {name}" for name in _VERSIONS if name not in there)]
