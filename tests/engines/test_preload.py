"""What the server of workers has loaded before any of them begins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from asdbench.engines import preload
from asdbench.engines.child import Child
from asdbench.results.provenance import commit

Ask = Callable[[str], Any]
# What a method computes with, and what torch would import at its first use.
WANTED = {"torch", "torch._dynamo", "torchaudio", "sklearn.neighbors", "sklearn.mixture"}


@pytest.fixture(scope="module")
def loaded() -> Iterator[Ask]:
    """A process that has imported it, to be asked."""
    with closing(Child("parrot", {})) as parrot:

        def ask(question: str) -> Any:
            parrot.connection.send(question)
            return parrot.connection.recv()

        ask(f"bool(__import__({preload.__name__!r}))")
        yield ask


def test_it_has_what_methods_compute_with(loaded: Ask) -> None:
    modules = set(loaded("list(sys.modules)"))
    assert modules >= WANTED
    assert "asdbench.training.code" in modules  # as the code was when it was loaded
    assert not modules & {"mlflow", "optuna"}


def test_the_commit_is_that_of_the_code_it_loaded(loaded: Ask) -> None:
    asked = "sys.modules['asdbench.results.provenance'].commit"
    assert loaded(f"{asked}.cache_info().currsize") == 1
    assert (loaded(f"{asked}()") is None) == (commit() is None)


def test_it_leaves_no_thread_and_no_gpu_to_be_inherited_broken(loaded: Ask) -> None:
    assert loaded("sys.modules['threading'].active_count()") == 1
    assert not loaded("sys.modules['torch'].cuda.is_initialized()")
