"""A mirror of Zenodo on this machine, which breaks off, stalls or lies where a test wants it to."""

from __future__ import annotations

import io
import random
import re
import time
import zipfile
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

FAN = {
    "fan/train/normal_id_00_00000000.wav": random.Random(0).randbytes(400_000),
    "fan/test/normal_id_00_00000000.wav": random.Random(1).randbytes(300_000),
    "fan/test/anomaly_id_00_00000000.wav": random.Random(2).randbytes(300_000),
}
EXTRA = {"fan/train/normal_id_01_00000000.wav": b"extra"}
TEST = {"fan/test/id_01_00000000.wav": b"test"}
DEVELOPMENT = "/0/files/dev_data_fan.zip"


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, content in members.items():
            file.writestr(name, content)
    return buffer.getvalue()


@dataclass
class Server:
    """Serves ``files`` by path and writes down what was asked for."""

    files: dict[str, bytes] = field(default_factory=dict)
    ranges: bool = True
    validate: bool = True
    etag: str = '"one"'
    status: int = 200
    cut_after: int | None = None  # bytes of an answer, then the connection is closed
    stall: bool = False
    log: list[tuple[str, str | None, str | None]] = field(default_factory=list)
    url: str = ""


class Handler(BaseHTTPRequestHandler):
    state: Server

    def do_GET(self) -> None:
        state, asked = self.state, self.headers.get("Range")
        state.log.append((self.path, asked, self.headers.get("If-Range")))
        body = state.files.get(self.path)
        if body is None or state.status != 200:
            self.send_error(404 if body is None else state.status)
            return
        same = self.headers.get("If-Range", state.etag) == state.etag
        if asked and state.ranges and same:
            start = int(re.fullmatch(r"bytes=(\d+)-", asked)[1])  # type: ignore[index]
            if start >= len(body):
                self.send_error(416)
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
            body = body[start:]
        else:
            self.send_response(200)
        if state.validate:
            self.send_header("ETag", state.etag)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if state.cut_after is None else body[: state.cut_after])
        self.wfile.flush()
        if state.stall:
            time.sleep(1.5)

    def log_message(self, *_: Any) -> None:
        pass
