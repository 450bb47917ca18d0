"""What the tests of DCASE 2020 share: a mirror to download from."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer

import pytest
from zenodo import EXTRA, FAN, TEST, Handler, Server, zipped

from asdbench.data.dcase import facts
from asdbench.data.dcase.facts import Archive


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A mirror with the fan's three archives, which are also the only ones that exist."""
    state = Server()
    contents = {"dev_data_fan.zip": FAN, "eval_data_train_fan.zip": EXTRA,
                "eval_data_test_fan.zip": TEST}  # fmt: skip
    archives = []
    for record, (part, (name, members)) in enumerate(
        zip(facts.PARTS, contents.items(), strict=True)
    ):
        body = zipped(members)
        state.files[f"/{record}/files/{name}"] = body
        archives.append(Archive(name, str(record), "fan", part, hashlib.md5(body).hexdigest()))
    monkeypatch.setattr(facts, "archives", lambda: tuple(archives))
    monkeypatch.setenv("NO_PROXY", "*")
    handler = type("HandlerHere", (Handler,), {"state": state})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.02,))
        thread.start()
        state.url = f"http://127.0.0.1:{http.server_port}"
        monkeypatch.setenv("ASDBENCH_DCASE2020_URL", state.url + "/")
        yield state
        http.shutdown()
        thread.join()
