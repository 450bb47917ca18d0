"""What a clip's name tells: its domain, and attributes as DCASE has them since 2022.

``section_00_target_test_anomaly_0003_vel_21_loc_B.wav`` is of domain ``target``; its ``vel`` is
``21`` and its ``loc`` is ``B``. So is ``anomaly_id_00_target_00000003_vel_21_loc_B.wav``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

NO_ATTRIBUTE = "noattribute"  # in lower case: withheld
WHOLE = "attributes"  # the attribute that has the text as it is, where that can't be taken apart
_NAME = re.compile(
    r"(?:normal_|anomaly_)?id_[0-9A-Za-z]+_(?:(source|target)_)?\d+(?:_(.+?))?_?\.\w+",
    re.IGNORECASE | re.DOTALL,
)
_GLUED = re.compile(r"([A-Za-z-]{2,}?)(\d[\d.]*)|([A-Za-z]*[a-z])([A-Z])")


def attributes(name: str) -> Mapping[str, str]:
    """What follows the machine ID in a name of 2020's kind; none where it isn't names and values.

    Names begin with a letter and are there once; each is followed by its value.
    """
    found = _NAME.fullmatch(name)
    if not found:
        return {}
    domain, rest = found.groups()
    tags = {"domain": domain.lower()} if domain else {}
    parts = rest.split("_") if rest else []
    names = parts[::2]
    if len(parts) % 2 or len({*names, *tags}) < len(names) + len(tags):
        return tags
    if not all(one[:1].isalpha() for one in names) or not all(parts):
        return tags
    return tags | dict(zip(names, parts[1::2], strict=True))


def parsed(text: str) -> tuple[tuple[str, str], ...]:
    """Attributes as a name of 2021 and later has them, at its end: "spd_28V_mic_1".

    A name that came already takes the next part into itself: "mic_imp34_mic_pos_A" is ``mic``
    imp34 and ``mic_pos`` A. Parts without a separator are letters and a number, or end in a
    capital: "weight15_BckgF". What is neither is one attribute, ``attributes``, as it stands.
    """
    text = text.strip("_")
    if not text or text.lower() == NO_ATTRIBUTE:
        return ()
    parts = text.split("_")
    return _glued(parts) or _paired(parts) or ((WHOLE, text),)


def _glued(parts: list[str]) -> tuple[tuple[str, str], ...]:
    found = [_GLUED.fullmatch(part) for part in parts]
    pairs = [(m[1] or m[3], m[2] or m[4]) for m in found if m]
    whole = len(pairs) == len(parts) == len({name for name, _ in pairs})
    return tuple(pairs) if whole else ()


def _paired(parts: list[str]) -> tuple[tuple[str, str], ...]:
    pairs: dict[str, str] = {}
    rest = iter(parts)
    for name in rest:
        while name in pairs:
            name = f"{name}_{next(rest, '')}"
        value = next(rest, "")
        if not value or not name[0:1].isalpha() or name.endswith("_"):
            return ()
        pairs[name] = value
    return tuple(pairs.items())
