"""Others' code, imported without a trace in the process of whoever asked for a result.

scikit-learn sets environment variables while it is imported, NumPy and SciPy add warning filters,
Optuna sets a log level. Worker processes are ours; the one that calls ``asdbench.run`` is not.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import warnings
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

LOGGERS = ("alembic", "optuna")  # those that set their own level
SLOW = 20.0  # seconds; with PyTorch in it, an import takes up to ten
_log = logging.getLogger(__name__)
_one_at_a_time = threading.RLock()  # or one thread would restore what is another's


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """What is imported meanwhile leaves environment, warning filters and log levels alone."""
    with _one_at_a_time, warnings.catch_warnings(), _same_environment(), _same_levels():
        yield


@cache
def imported(module: str) -> Any:
    """A module that is imported when it is needed, undisturbed."""
    with undisturbed():
        return import_module(module)


@contextlib.contextmanager
def told_if_slow(what: object) -> Iterator[threading.Timer]:
    """A line that names what is being imported once that takes long: else a hang tells nothing."""
    said = "still importing %s after %.0f s; if it hangs, stop with Ctrl-C and mend it"
    timer = threading.Timer(SLOW, _log.warning, [said, what, SLOW])
    timer.daemon = True
    timer.start()
    try:
        yield timer
    finally:
        timer.cancel()


@contextlib.contextmanager
def _same_environment() -> Iterator[None]:
    before = dict(os.environ)
    try:
        yield
    finally:
        for name in os.environ.keys() - before.keys():
            del os.environ[name]
        os.environ.update(before)


@contextlib.contextmanager
def _same_levels() -> Iterator[None]:
    before = {name: logging.getLogger(name).level for name in LOGGERS}
    try:
        yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)
