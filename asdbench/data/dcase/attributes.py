"""Tags that a file's name tells: its domain, and attributes as DCASE has them since 2022.

``anomaly_id_00_target_00000003_vel_21_loc_B.wav`` is of domain ``target``; its ``vel`` is ``21``
and its ``loc`` is ``B``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_NAME = re.compile(
    r"(?:normal_|anomaly_)?id_[0-9A-Za-z]+_(?:(source|target)_)?\d+(?:_(.+?))?_?\.wav",
    re.IGNORECASE,
)


def attributes(name: str) -> Mapping[str, str]:
    """What follows the machine ID in a clip's name, as tags; none where it isn't names and values.

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
