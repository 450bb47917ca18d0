"""The front doors open at once: torch and numpy wait until something is asked of them."""

from __future__ import annotations

import pytest
from plugin_files import python

from asdbench import training

HEAVY = ("torch", "numpy", "torchaudio", "safetensors", "scipy", "pandas", "mlflow", "optuna")


def test_the_front_doors_load_neither_torch_nor_numpy() -> None:
    done = python(
        f"""
        import sys
        import asdbench
        import asdbench.training
        from asdbench import Board, Clip, Clips, Context, Method, Recording, Row, Scope
        from asdbench import derive, tunable
        from asdbench.training.method import Context
        from asdbench.training.stages import Stages
        assert asdbench.training.__all__
        print([name for name in {HEAVY} if name in sys.modules])
        """
    )
    assert done.stdout == "[]\n", done.stderr


def test_every_name_of_training_is_what_it_is_where_it_is_defined() -> None:
    assert set(training.__all__) == {
        "Batches",
        "PowerSpectrum",
        "Recipe",
        "autocast",
        "balanced_batches",
        "framed",
        "in_batches",
        "kaldi",
        "random_batches",
        "train_network",
        "upload",
    }
    from asdbench.data import features, torchaudio_import
    from asdbench.training import batches, fourier, loop

    for name in training.__all__:
        modules = batches, fourier, loop, features, torchaudio_import
        homes = [vars(module)[name] for module in modules if name in vars(module)]
        assert getattr(training, name) in homes, name


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"'asdbench\.training' has no attribute 'nothing'"):
        training.nothing  # noqa: B018
    with pytest.raises(ImportError, match="cannot import name 'nothing'"):
        from asdbench.training import nothing  # noqa: F401
