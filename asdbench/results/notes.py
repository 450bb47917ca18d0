"""What the reader of a board should know beside its figures, a line each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from asdbench.config.keys import canonical
from asdbench.config.names import flat
from asdbench.data.tags import Tags
from asdbench.evaluation import NAMES, OFFICIAL, Row
from asdbench.evaluation.slices import MOST, crowded
from asdbench.results.rows import Record

_SETTINGS = ("dataset", "frontend", "numerics", "seed")
_BY_SUBSET = {
    "train": "train.{}",
    "train_sound": "the sound of the {} clips that they learned from (by hash)",
    "test": "the sound of {} test clips with the same names (by hash), so they can't be compared",
}


def choices(records: Sequence[Record]) -> Iterator[str]:
    """Which subset chose the fields of tuned rows."""
    for record in records:
        origin = record["origin"]
        if "subset" in origin:
            by = "labels" if origin.get("objective") == "oracle" else "normal training clips"
            yield f"{record['label']}: its fields were chosen by the {by} of {origin['subset']}"


def faults(records: Sequence[Record]) -> Iterator[str]:
    """What is at fault with the clips, as the runs found it."""
    for record in records:
        for fault in record["recipe"].get("faults", ()):
            yield f"the data: {fault}"


def broken_promises(records: Sequence[Record], rows: Sequence[Row]) -> Iterator[str]:
    promised = {record["label"] for record in records if record.get("deterministic")}
    for row in rows:
        if row.label in promised and row.seeds == "counted":
            yield f"{row.label}: its method declares to be deterministic, and its repeats differ"


def turned_round(rows: Sequence[Row]) -> Iterator[str]:
    """Which rows find normal clips more anomalous, beyond what the choice of clips can do."""
    for row in rows:
        if row.auc.clips and row.auc.clips.high < 0.5:
            yield (
                f"{row.label}: AUC {100 * row.auc.mean:.1f} % on {row.subset}, surely below 50 %: "
                "anomalous clips score lower than normal ones; are its scores the wrong way round?"
            )


def crowded_tags(subset: str, tags: Tags) -> Iterator[str]:
    """Which tags no results are shown by, and why."""
    for tag in crowded(tags.get(subset, {})):
        yield f"{subset}: the tag {tag} has more than {MOST} values, so nothing is shown by it"


def not_official(subset: str, protocol: str, rows: Sequence[Row]) -> Iterator[str]:
    """Which machine IDs the official score leaves out."""
    without = {
        f"{machine} id_{id}"
        for row in rows
        for machine, of_machine in row.machines.items()
        for id, of_id in of_machine.ids.items()
        if protocol != "2020" and OFFICIAL not in of_id.more
    }
    if without:
        yield (
            f"{subset}: not in the official score, for want of normal test clips of both domains, "
            "or of anomalous ones (in 2021 of both domains too): "
            f"{', '.join(sorted(without))}"
        )


def unranked(
    subset: str, labels: Sequence[str], rows: Sequence[Row], by: str | None
) -> Iterator[str]:
    """Which labels are no rows, for want of what rows are to be ranked by."""
    there = {row.label for row in rows}
    for label in labels:
        if by and label not in there:
            yield f"{label}: not ranked on {subset}, since it has no {NAMES[by]}"


def differing(records: Sequence[Record]) -> Iterator[str]:
    """The fields that the rows' recipes disagree in, besides the number of repeats."""
    for part in (*_SETTINGS, *_BY_SUBSET):
        told = {
            record["label"]: dict(flat({part: record["recipe"][part]}))
            for record in records
            if part in record["recipe"]  # an import has none, and older rows say less
        }
        for name in dict.fromkeys(name for fields in told.values() for name in fields):
            values: dict[str, list[str]] = defaultdict(list)
            for label, fields in told.items():
                if name in fields:
                    values[canonical(fields[name]).strip('"')].append(label)
                elif part in _SETTINGS:  # what came later isn't told while it is as before
                    values["not set"].append(label)
            if len(values) > 1:
                each = "; ".join(f"{value} ({', '.join(who)})" for value, who in values.items())
                said = _BY_SUBSET.get(part, name).format(name.partition(".")[2])
                yield f"rows differ in {said}: {each}"
