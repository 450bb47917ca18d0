"""A process of asdbench's own, which knows nothing of the program that started it.

It imports no ``__main__`` of the caller's, so a script needs no guard; it has its own environment,
signals, log levels and warnings, so the caller's stay as they are; and it ends when the caller
does, however that ends: its pipe closes.
"""

from __future__ import annotations

import contextlib
import gc
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping

# ``-P``: what lies in the working folder is not to be found before what is installed.
# ``-u``: what is printed is in a file at once, however the process ends.
# ``os._exit``, after all that was registered to run at the end: to take the modules of PyTorch or
# MLflow apart takes over a second, for which a command would wait.
_START = """
import atexit, json, os, sys
code = 1
atexit.register(lambda: os._exit(code))
sys.path[:] = json.loads(sys.argv[3])
from importlib import import_module
from multiprocessing.connection import Connection
import_module(sys.argv[1]).serve(Connection(int(sys.argv[2])))
code = 0
"""
PATIENCE = 10.0  # seconds that it may take to end what it has begun
MOST = 4000  # bytes of what it printed


@contextlib.contextmanager
def importing() -> Iterator[None]:
    """Around imports that stay: no garbage is looked for among them, now (a tenth of the time) or
    later, here or in a fork, which shares their memory as long as nothing touches it.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


class Child:
    """A process that runs ``serve(connection)`` of a module, and this end of its pipe.

    ``variables`` are laid over the environment's. ``said`` is the last that it printed, once it is
    closed.
    """

    def __init__(self, module: str, variables: Mapping[str, str]) -> None:
        self.said = b""
        self.connection, theirs = multiprocessing.Pipe()
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 - closed in ``close``
        here = os.getcwd()
        path = json.dumps([folder or here for folder in sys.path if isinstance(folder, str)])
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-u", "-c", _START, module, str(theirs.fileno()), path],
            env={**os.environ, **variables},
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=self._output,
            start_new_session=True,  # Ctrl-C is the caller's to handle
        )
        theirs.close()

    def close(self, *, wait: bool = True) -> None:
        """End it: it sees its pipe close and ends what it has begun; without ``wait``, at once."""
        if self._output.closed:
            return
        self.connection.close()
        self.process.send_signal(signal.SIGCONT)  # it may have been stopped, and would see nothing
        if not wait:
            self.process.kill()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        with self._output as output:
            output.seek(max(0, output.seek(0, os.SEEK_END) - MOST))
            self.said = output.read()
