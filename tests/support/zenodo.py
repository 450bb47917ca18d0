"""A mirror of Zenodo on this machine, which breaks off, stalls or lies where a test wants it to."""

from __future__ import annotations

import io
import json
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
DEVELOPMENT = "/records/200/files/dev_data_fan.zip"

# year, record, archive, machine type, subset, members
ARCHIVES: list[tuple[int, str, str, str, str, dict[str, bytes]]] = [
    (2020, "200", "dev_data_fan.zip", "fan", "development", FAN),
    (2020, "201", "eval_data_train_fan.zip", "fan", "evaluation", EXTRA),
    (2020, "202", "eval_data_test_fan.zip", "fan", "evaluation", TEST),
    (2021, "210", "dev_data_fan.zip", "fan", "development", {
        "fan/attributes_00.csv": b"file_name",
        "fan/train/section_00_source_train_normal_0000.wav": b"2021",
        "fan/source_test/section_00_source_test_normal_0000.wav": b"source",
        "fan/target_test/section_00_target_test_anomaly_0000.wav": b"target",
    }),
    (2025, "250", "dev_ToyCar_r2.zip", "ToyCar", "development", {
        "ToyCar/attributes_00.csv": b"file_name",
        "ToyCar/supplemental/section_00_source_supplemental_0000.wav": b"supplemental",
        "ToyCar/train/section_00_source_train_normal_0000.wav": b"car",
    }),
    (2025, "251", "eval_data_3DPrinter_train_r2.zip", "3DPrinter", "evaluation", {
        "3DPrinter/train/section_00_source_train_normal_0000.wav": b"printer",
    }),
    (2025, "252", "eval_data_3DPrinter_test.zip", "3DPrinter", "evaluation", {
        "3DPrinter/test/section_00_0000.wav": b"printed",
    }),
]  # fmt: skip


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, content in members.items():
            file.writestr(name, content)
    return buffer.getvalue()


@dataclass
class Server:
    """Serves ``files`` by path, and ``records`` by number; writes down what was asked for.

    ``busy`` are the statuses and Retry-After of the first answers to paths with ``busy_at``.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    records: dict[str, Any] = field(default_factory=dict)
    ranges: bool = True
    validate: bool = True
    etag: str = '"one"'
    status: int = 200
    redirects: bool = False
    busy: list[tuple[int, str | None]] = field(default_factory=list)
    busy_at: str = "/records/"
    cut_after: int | None = None  # bytes of an answer, then the connection is closed
    stall: bool = False
    log: list[tuple[str, str | None, str | None]] = field(default_factory=list)  # of archives
    described: list[str] = field(default_factory=list)
    url: str = ""


class Handler(BaseHTTPRequestHandler):
    state: Server

    def do_GET(self) -> None:
        state = self.state
        if state.busy and self.path.startswith(state.busy_at):
            status, wait = state.busy.pop(0)
            self._answer(status, {"Retry-After": wait} if wait is not None else {})
        elif self.path.startswith("/api/records/"):
            number = self.path.rpartition("/")[2]
            state.described.append(number)
            if number in state.records:
                self._answer(200, {}, json.dumps(state.records[number]).encode())
            else:
                self._answer(404, {})
        elif state.redirects and self.path.startswith("/records/"):
            self._answer(302, {"Location": f"/elsewhere{self.path}"})
        else:
            self._serve(self.path.removeprefix("/elsewhere"))

    def _serve(self, path: str) -> None:
        state, asked = self.state, self.headers.get("Range")
        state.log.append((path, asked, self.headers.get("If-Range")))
        body = state.files.get(path)
        if body is None or state.status != 200:
            self._answer(404 if body is None else state.status, {})
            return
        status, headers = 200, {"ETag": state.etag} if state.validate else {}
        if asked and state.ranges and self.headers.get("If-Range", state.etag) == state.etag:
            start = int(re.fullmatch(r"bytes=(\d+)-", asked)[1])  # type: ignore[index]
            if start >= len(body):
                self._answer(416, {})
                return
            status = 206
            headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
            body = body[start:]
        self._answer(status, headers, body, state.cut_after)
        if state.stall:
            time.sleep(1.5)

    def _answer(
        self, status: int, headers: dict[str, str], body: bytes = b"", cut: int | None = None
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:cut])
        self.wfile.flush()

    def log_message(self, *_: Any) -> None:
        pass
