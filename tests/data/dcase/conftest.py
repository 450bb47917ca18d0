"""What the tests of DCASE Task 2 share: a mirror to download from."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer

import pytest
from zenodo import ARCHIVES, Handler, Server, zipped

from asdbench.data.dcase import facts
from asdbench.data.dcase.facts import Archive


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A mirror with a few archives of three years, which are also the only ones that exist."""
    state = Server()
    archives: dict[int, list[Archive]] = {}
    for year, record, name, machine, subset, members in ARCHIVES:
        body = zipped(members)
        md5 = hashlib.md5(body).hexdigest()
        state.files[f"/records/{record}/files/{name}"] = body
        listed = state.records.setdefault(record, {"id": int(record), "files": []})["files"]
        listed.append({"key": name, "size": len(body), "checksum": f"md5:{md5}"})
        built_in = md5 if year == 2020 else ""
        archives.setdefault(year, []).append(Archive(name, record, machine, subset, built_in))
    monkeypatch.setattr(facts, "archives", lambda year: tuple(archives[year]))
    monkeypatch.setenv("NO_PROXY", "*")
    handler = type("HandlerHere", (Handler,), {"state": state})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.02,))
        thread.start()
        state.url = f"http://127.0.0.1:{http.server_port}"
        monkeypatch.setenv("ASDBENCH_ZENODO_URL", state.url + "/")
        yield state
        http.shutdown()
        thread.join()


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that a busy server was waited for; they pass at once."""
    slept: list[float] = []
    monkeypatch.setattr("asdbench.data.dcase.ask.sleep", slept.append)
    return slept
