"""Which test clips an import has to score: those of a known challenge, or of the folder's rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from asdbench.data.clips import Clip
from asdbench.data.dcase import facts
from asdbench.data.tags import Tags
from asdbench.results.store import Store


class ToScore(NamedTuple):
    """Test clips, what is known of them, and the year by whose official score they are ranked."""

    clips: Sequence[Clip]
    tags: Tags
    protocol: str


def to_score(store: Store, dataset: str | None) -> ToScore:
    """The test clips of a dataset that is known by heart, or else of the store's rows.

    Raises ``ValueError`` where nothing says what they are.
    """
    if dataset is not None:
        return _of_year(dataset)
    found: dict[str, list[Clip]] = {}
    for row in store.rows():
        complete = (names for names in row["repeats"] if all(map(store.done, names)))
        here = defaultdict(list)
        for name in next(complete, ()):  # its other repeats have the same clips
            for line in store.scores(name):
                here[line.subset].append(line.as_clip)
        found = here | found
    if not found:
        raise ValueError(
            f"no row in {store.folder} says what the test clips are; give the --out of a run on "
            "them, or --dataset dcase2020, or another year"
        )
    protocols = store.protocols()
    clips = [clip for clips in found.values() for clip in clips]
    return ToScore(clips, store.tags(), protocols[next(iter(found))])


def _of_year(dataset: str) -> ToScore:
    known = {year.dataset: year for year in facts.YEARS.values()}
    known = {
        name: y for name, y in known.items() if facts.official_test_clips(y.number, "evaluation")
    }
    if dataset not in known:
        raise ValueError(
            f"the test clips of {dataset!r} aren't built in; there are those of {', '.join(known)}"
        )
    year = known[dataset]
    clips: list[Clip] = []
    tags: dict[str, dict[str, dict[str, dict[str, Mapping[str, str]]]]] = {}
    for subset in facts.SUBSETS:
        for name, truth in facts.official_test_clips(year.number, subset).items():
            clips.append(Clip(name.machine, name.id, subset, "test", truth.anomalous, name.name))
            if truth.domain:
                of_id = tags.setdefault(subset, {}).setdefault(name.machine, {})
                of_id.setdefault(name.id, {})[name.name] = {"domain": truth.domain}
    return ToScore(clips, tags, year.protocol)
