"""Listen to sources one by one: what each decodes to, or why it can't be decoded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from asdbench.config.cache import cache_room
from asdbench.config.system import cores
from asdbench.data.decode import AsUsed, Decoded, Source, decode
from asdbench.data.faults import faults_of
from asdbench.data.hashes import hash_sound
from asdbench.data.known import Known, Memory


def survey(
    sources: Sequence[Source], rate: int, progress: Callable[[int, int], None] | None = None
) -> list[Known | str]:
    """What each source holds at ``rate`` Hz, remembered as a bank's are; an error as its text.

    ``progress`` is told how many of how many are done.
    """
    identities = [f"{rate}:{source.identity}" for source in sources]

    def one(source: Source) -> Known | str:
        try:
            return known_of(decode(source, rate))
        except ValueError as error:
            return str(error)

    with (
        cache_room() as folder,
        Memory.of(folder) as memory,
        ThreadPoolExecutor(cores()) as pool,
    ):
        found: dict[str, Known | str] = {**memory.recall(identities)}
        new = [number for number, name in enumerate(identities) if name not in found]
        for done, (number, known) in enumerate(
            zip(new, pool.map(one, [sources[number] for number in new]), strict=True), start=1
        ):
            found[identities[number]] = known
            if progress:
                progress(done, len(new))
        memory.keep({name: known for name, known in found.items() if isinstance(known, Known)})
    return [found[name] for name in identities]


def used_of(
    sources: Sequence[Source],
    known: Sequence[Known],
    rate: int,
    length: int,
    progress: Callable[[int, int], None] | None = None,
) -> list[str]:
    """A hash of what is used of each source where clips have this length, as a bank's rows have.

    ``known`` is what they hold: only those of another length are listened to again, once.
    """
    others = [number for number, one in enumerate(known) if one.length != length]
    found = [one.content for one in known]
    fitted = survey([AsUsed(sources[n], rate, length) for n in others], rate, progress)
    for number, one in zip(others, fitted, strict=True):
        if isinstance(one, Known):  # else it went meanwhile
            found[number] = one.content
    return found


def known_of(decoded: Decoded) -> Known:
    """What is remembered of a decoded source."""
    samples, notes = decoded
    return Known(hash_sound(samples), len(samples), (*notes, *faults_of(samples)))
