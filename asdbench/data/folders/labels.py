"""The truth of test clips whose names don't say it, as DCASE released it after each challenge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from asdbench.data.dcase import facts
from asdbench.data.dcase.facts import Truth
from asdbench.data.dcase.names import has_section
from asdbench.data.dcase.year import years_of
from asdbench.data.folders.tree import Tree

Known = Mapping[tuple[str, str], Mapping[str, Truth]]


def truths(tree: Tree) -> Known:
    """The truth of clips without a label, by machine type and ID, then by name.

    A machine ID has one only if its unlabelled names are exactly those of the one year that it can
    be of: somebody else's fan 01 is another fan.
    """
    unlabelled: dict[tuple[str, str], set[str]] = defaultdict(set)
    for wav in tree.wavs if tree.layout == "DCASE" else ():
        if wav.split == "test" and wav.anomalous is None:
            unlabelled[wav.machine, wav.id].add(wav.name)
    found = {}
    for key, names in unlabelled.items():
        years = years_of(tree, *key, section=has_section(min(names)))
        if len(years) == 1:
            known = facts.evaluation_labels(years[0], *key)
            if known.keys() == names:
                found[key] = known
    return found
