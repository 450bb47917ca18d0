"""What a Zenodo record publishes of its files: sizes, checksums and the licence.

Zenodo's own description lists ``files`` (zenodo-rdm, legacy/serializers/schemas/zenodojson.py); in
that of InvenioRDM, on which it is built, they are ``files.entries``, by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from pydantic import BaseModel, Field, ValidationError

from asdbench.data.dcase.ask import Pause, ask, broken, check_status

ZENODO = "https://zenodo.org"


class ListedFile(BaseModel, frozen=True):
    """What a record says of one file; ``checksum`` is like "md5:649bdfc0..."."""

    key: str
    size: int | None = None
    checksum: str = ""


@dataclass(frozen=True)
class Record:
    """A record's files by name, and the licence's identifier, empty where it isn't told."""

    files: Mapping[str, ListedFile]
    licence: str


class _Entries(BaseModel):
    entries: dict[str, ListedFile]


class _Description(BaseModel):
    files: list[ListedFile] | _Entries
    metadata: dict[str, Any] = Field(default_factory=dict)


def read_record(base: str, number: str, *, pause: Pause) -> Record:
    """Ask Zenodo, or the mirror at ``base``, for a record's description.

    Raises ``OSError`` for what may go well later (connection, busy server), ``ValueError`` for
    what won't: no such record, or an answer that isn't a description.
    """
    url = f"{base}/api/records/{number}"
    with ask(url, pause=pause, headers={"Accept": "application/json"}) as response:
        check_status(url, response)
        try:
            told = _Description.model_validate_json(response.content)
        except requests.exceptions.RequestException as error:
            raise broken(url, error, 0) from error
        except ValidationError as error:
            raise ValueError(
                f"{url} did not answer with a Zenodo record's description; check the address"
            ) from error
    files = told.files if isinstance(told.files, list) else told.files.entries.values()
    licence = told.metadata.get("license")
    name = licence.get("id") if isinstance(licence, dict) else None
    return Record({file.key: file for file in files}, name if isinstance(name, str) else "")


def archive_url(base: str, record: str, name: str) -> str:
    """Where a file of a record is downloaded."""
    return f"{base}/records/{record}/files/{name}"


def page_of(record: str) -> str:
    """A record's page, for people; Zenodo's own even where files come from a mirror."""
    return f"{ZENODO}/records/{record}"
