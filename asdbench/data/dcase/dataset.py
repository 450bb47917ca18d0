"""The dataset plugin for folders in the DCASE 2020 Task 2 layout."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from asdbench.data.choices import check_known
from asdbench.data.clips import Clip, Recording
from asdbench.data.dcase import facts
from asdbench.data.dcase.attributes import attributes
from asdbench.data.dcase.layout import PATTERNS, Tree, scan
from asdbench.data.dcase.tag_file import read_tags, tables
from asdbench.data.decode import FileSource

SUBSETS = ("development", "evaluation")


@dataclass(frozen=True)
class Dcase2020:
    """Any folder in the DCASE 2020 Task 2 layout, with the evaluation labels built in.

    Takes ``<machine>/{train,test}/*.wav``, with or without ``dev_data/`` and ``eval_data/`` above;
    ``machines`` and ``subsets`` choose a part of it (no machine types means all). The folder says
    which subset a clip belongs to; without one the ID does, for DCASE 2020's own machine types;
    everything else is development. Attributes in a name, a manifest beside the folder and a
    ``tags.csv`` in it, each outranking the one before, are the clips' tags. ``recordings`` raises
    ``ValueError`` where the folder isn't in that layout, or where a name contradicts it.
    """

    path: str
    machines: tuple[str, ...] = ()
    subsets: tuple[str, ...] = SUBSETS

    def recordings(self) -> list[Recording]:
        """Every clip of the chosen part, in the order of machine, ID, subset, split and name."""
        check_known("subset", self.subsets, SUBSETS, "in a dataset")
        tree = scan(self.path, machines=self.machines)
        for problem in problems(tree):
            raise ValueError(problem)
        tags = tags_in(self.path)
        found = [
            Recording(clip, FileSource(path), {**attributes(path.name), **tags.get(path, {})})
            for clip, path in clips(tree)
            if clip.subset in self.subsets
        ]
        if not found:
            raise ValueError(
                f"no clips of subset {' or '.join(self.subsets) or '(none asked for)'} in "
                f"{tree.path}; there is: {', '.join(sorted({wav.subset for wav in tree.wavs}))}; "
                "choose among these"
            )
        return found


def tags_in(path: str | Path) -> Mapping[Path, Mapping[str, str]]:
    """The tags of a folder's files, of all machine types: its table tells of all."""
    if not tables(Path(path).expanduser()):
        return {}
    whole = scan(path)
    return read_tags(whole.path, whole.wavs)


def problems(tree: Tree) -> Iterator[str]:
    """What keeps a run from using this tree, one line for each file that is at fault."""
    for path in tree.unnamed:
        yield (
            f"no machine ID in the name of {path}: expected {PATTERNS}; rename the file or take "
            "it out of the folder"
        )
    seen: dict[tuple[str, str, str], str] = {}
    for wav in tree.wavs:
        if wav.split == "train" and wav.anomalous:
            yield (
                f"an anomaly among the training clips: {wav.path}; training takes normal clips "
                "only, so move it to test/ or take it out"
            )
        first = seen.setdefault((wav.machine, wav.split, wav.name), wav.path)
        if first != wav.path:
            yield (
                f"the {wav.machine} {wav.split} clip {wav.name} is there twice: {first} and "
                f"{wav.path}; take one of them out"
            )


def clips(tree: Tree) -> list[tuple[Clip, Path]]:
    """Each file as a clip, labelled by its name or, where that is silent, by the built-in labels.

    A machine ID gets those only if its unlabelled names are exactly the ones that DCASE 2020 has
    for it: somebody else's fan 01 is another fan. Else its labels are withheld (None).
    """
    unlabelled: dict[tuple[str, str], set[str]] = defaultdict(set)
    for wav in tree.wavs:
        if wav.split == "test" and wav.anomalous is None:
            unlabelled[wav.machine, wav.id].add(wav.name)
    labels = {
        key: known
        for key, names in unlabelled.items()
        if (known := facts.evaluation_labels(2020, *key)).keys() == names
    }
    found = []
    for wav in tree.wavs:
        anomalous = wav.anomalous
        if wav.split == "train":
            anomalous = False
        elif anomalous is None and (wav.machine, wav.id) in labels:
            anomalous = labels[wav.machine, wav.id][wav.name].anomalous
        clip = Clip(wav.machine, wav.id, wav.subset, wav.split, anomalous, wav.name)
        found.append((clip, Path(wav.path)))
    return sorted(found, key=lambda pair: (_order(pair[0]), pair[1]))


def _order(clip: Clip) -> tuple[str, ...]:
    return clip.machine, clip.id, clip.subset, clip.split, str(clip.name)
