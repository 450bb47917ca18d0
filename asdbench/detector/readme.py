"""The README of a detector's folder: what it is, made from what, and how good it was."""

from __future__ import annotations

import json
from collections.abc import Iterator

from asdbench.detector.description import DetectorCard

ENDED = "; the detector is of fits like these"


def readme(about: DetectorCard, name: str) -> str:
    """As Markdown."""
    return "\n".join(_lines(about, name)) + "\n"


def _lines(about: DetectorCard, name: str) -> Iterator[str]:
    yield from (f"# {name}", "", f"A detector of anomalous machine sound: {about.label}.", "")
    yield from (about.summary, "")
    if about.origin.get("caution"):
        yield from (f"**{about.origin['caution']}**", "")
    yield from ("```", f"asdbench score {name} recordings/ --out scores.csv", "```", "")
    yield from (
        "or in Python: `asdbench.load_detector(...).score(samples, rate, machine=..., id=...)`.",
        "",
        "## Made from",
        "",
        f"- the row `{about.label}` of {about.origin['experiment']}: {about.chosen}",
        f"- {about.clips:,} normal training clips of {_machines(about)}",
        f"- clips of {about.frontend.clip_seconds:g} s at {about.frontend.sample_rate} Hz; longer "
        "recordings are cut into windows",
        f"- threshold: `{about.threshold}`, from the scores of the training clips alone",
        f"- fields: `{json.dumps(about.fields)}`",
        f"- versions: {', '.join(f'{n} {v}' for n, v in about.versions.items())}",
        f"- made {about.origin['made']}; hash {about.hash}",
    )
    yield from (f"- note: {remark}" for remark in about.remarks)
    yield from ("", "## How good it was", "")
    yield from _figures(about)


def _figures(about: DetectorCard) -> Iterator[str]:
    if not about.figures:
        yield "That isn't known: no test clips with labels have been scored with it."
        return
    yield from ("| subset | figure | mean | 95 % interval |", "|---|---|---|---|")
    for one in about.figures:
        interval = "-"
        if one["low"] is not None:
            interval = f"{100 * one['low']:.1f} to {100 * one['high']:.1f}"
        sd = "" if one["sd"] is None else f" ± {100 * one['sd']:.1f}"
        yield f"| {one['subset']} | {one['name']} | {100 * one['mean']:.1f}{sd} | {interval} |"
    repeats = about.figures[0]["repeats"]
    several = len(about.members) > 1
    yield from (
        "",
        f"The board's figures, in %, over {repeats} repeats of the row{ENDED}"
        + (", put together, which isn't measured by them." if several else "."),
    )


def _machines(about: DetectorCard) -> str:
    types: dict[str, list[str]] = {}
    for machine, id_ in about.ids:
        types.setdefault(machine, []).append(id_)
    return "; ".join(f"{machine} ({', '.join(ids)})" for machine, ids in types.items())
