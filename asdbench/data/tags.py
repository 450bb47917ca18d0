"""Tags: what is known of a test clip beside its label, as its fault or its signal-to-noise ratio.

Results are shown by them; no method sees them, so they are kept apart from ``Clips``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from asdbench.data.clips import Recording

Tags = Mapping[str, Mapping[str, Mapping[str, Mapping[str, Mapping[str, str]]]]]


def tags_of(recordings: Iterable[Recording]) -> Tags:
    """The tags of test clips by subset, machine type, machine ID and clip; empty values are none.

    Every subset with test clips is there, though none of them may have a tag.
    """
    found: dict[str, dict[str, dict[str, dict[str, Mapping[str, str]]]]] = {}
    for recording in recordings:
        clip = recording.clip
        if clip.split == "test":
            machines = found.setdefault(clip.subset, {})
            given = {name: value for name, value in recording.tags.items() if value}
            if given:
                ids = machines.setdefault(clip.machine, {})
                ids.setdefault(clip.id, {})[str(clip.name)] = given
    return found
