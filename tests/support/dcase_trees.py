"""Small folders as DCASE Task 2 has them since 2021, with their quirks: names of files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from asdbench.data.dcase import facts
from asdbench.data.dcase.facts import YEARS


def training(
    id: str = "00", *, source: int = 2, target: int = 1, attributes: str = "vel_6"
) -> Iterator[str]:
    """The training clips of a section."""
    end = f"_{attributes}" if attributes else ""
    for domain, count in (("source", source), ("target", target)):
        for number in range(count):
            yield f"train/section_{id}_{domain}_train_normal_{number:04d}{end}.wav"


def labelled(id: str = "00", *, each: int = 1, attributes: str = "vel_6") -> Iterator[str]:
    """Test clips of both domains and labels, as development sets have them since 2022."""
    end = f"_{attributes}" if attributes else ""
    for domain in ("source", "target"):
        for label in ("normal", "anomaly"):
            for number in range(each):
                yield f"test/section_{id}_{domain}_test_{label}_{number:04d}{end}.wav"


def supplements(count: int = 1, *, what: str = "machine") -> Iterator[str]:
    """Clips of the machine alone, or of the noise."""
    for number in range(count):
        yield f"supplemental/section_00_{what}_{number:04d}_.wav"


def development(year: int, *, above: str = "dev_data/") -> list[str]:
    """A development set: all machine types and sections, with few clips."""
    of_year = YEARS[year]
    return [
        f"{above}{machine}/{name}"
        for machine in of_year.types["development"]
        for name in _of_type(year, of_year.ids["development"], bool(of_year.supplemental))
    ]


def evaluation(year: int, machine: str, *, above: str = "eval_data/") -> list[str]:
    """A machine type of an evaluation set: few training clips, and all test clips."""
    ids = YEARS[year].ids["evaluation"]
    names = [name for id in ids for name in training(id)]
    tested = (key.name for key in facts.official_test_clips(year, "evaluation")
              if key.machine == machine)  # fmt: skip
    for name in tested:
        folder = f"{name.split('_')[2]}_test" if year == 2021 else "test"
        names.append(f"{folder}/{name}")
    return [f"{above}{machine}/{name}" for name in names]


def _of_type(year: int, ids: Iterable[str], supplemental: bool) -> Iterator[str]:
    for id in ids:
        yield from training(id, attributes="" if year == 2021 else "vel_6")
        for name in labelled(id, attributes="" if year == 2021 else "vel_6"):
            domain = name.split("_")[2]
            yield name.replace("test/", f"{domain}_test/", 1) if year == 2021 else name
    if supplemental:
        yield from supplements()
