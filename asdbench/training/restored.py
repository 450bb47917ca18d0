"""A fitted method out of what ``training.fitted`` wrote down.

Nothing is called that the description could choose: classes of known packages are made without
their ``__init__``, and given their state.
"""

from __future__ import annotations

import functools
import importlib
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from asdbench.training.fitted import FORMAT, LIBRARIES, OWN, Fitted, harmless, step
from asdbench.training.method import Context, Method

_DAMAGED = (AttributeError, LookupError, MemoryError, RuntimeError, StopIteration, TypeError)


def restore(cls: type[Method], known: Fitted, context: Context) -> Any:
    """A method of this class with the fields and all that was learned.

    Networks, and what was on the device that it was fitted on, go to ``context.device``. Raises
    ``ValueError`` for another format, or a class that there isn't (any more).
    """
    if known.description.get("format") != FORMAT:
        raise ValueError(
            f"a fitted method of format {known.description.get('format')}; this asdbench reads "
            f"format {FORMAT}"
        )
    restorer = _Restorer(cls.__module__, known.tensors, context)
    method = cls.__new__(cls)
    try:
        for name, description in known.description["attributes"].items():
            vars(method)[name] = restorer.read(description, name)
    except _DAMAGED as error:
        raise ValueError(
            f"what was learned is damaged ({type(error).__name__}: {error})"
        ) from error
    return method


class _Restorer:
    """Makes values from their descriptions; ``of_<kind>`` reads what ``fitted`` calls so."""

    def __init__(self, module: str, tensors: Mapping[str, Tensor], context: Context) -> None:
        self._module, self._tensors, self._lent = module, tensors, context
        self._made: dict[str, Any] = {}

    def read(self, told: Any, path: str) -> Any:
        """The value that is described so."""
        if isinstance(told, list):
            held = self._made[path] = []
            held += self._all(told, path)
            return held
        if not isinstance(told, Mapping):
            return told
        kind = next(iter(told))
        found = getattr(self, f"of_{kind}")(told, path)
        self._made[path] = found
        return found

    def _all(self, told: list[Any], path: str) -> list[Any]:
        return [self.read(one, f"{path}.{n}") for n, one in enumerate(told)]

    def of_same(self, told: Any, _: str) -> Any:
        return self._made[told["same"]]

    def of_float(self, told: Any, _: str) -> float:
        return float(told["float"])

    def of_path(self, told: Any, _: str) -> Path:
        return Path(told["path"])

    def of_torch(self, told: Any, _: str) -> torch.dtype:
        found: torch.dtype = getattr(torch, told["torch"])
        return found

    def of_dtype(self, told: Any, _: str) -> np.dtype[Any]:
        found: np.dtype[Any] = np.dtype(told["dtype"])
        return found

    def of_context(self, _told: Any, _: str) -> Context:
        return self._lent

    def of_tensor(self, told: Any, _: str) -> Tensor:
        found = self._tensors[told["tensor"]]
        if "stride" in told:
            stored = torch.empty_strided(found.shape, told["stride"], dtype=found.dtype)
            found = stored.copy_(found)
        if told.get("on_device"):
            found = found.to(self._lent.device)
        if "parameter" in told:
            return nn.Parameter(found, requires_grad=told["parameter"])
        return found

    def of_array(self, told: Any, _: str) -> np.ndarray[Any, Any]:
        return np.array(self._tensors[told["array"]].numpy(), order=told.get("order", "C"))

    def of_number(self, told: Any, path: str) -> Any:
        return np.dtype(told["dtype"]).type(self.read(told["number"], f"{path}.value"))

    def of_values(self, told: Any, path: str) -> np.ndarray[Any, Any]:
        found = np.empty(len(told["values"]), dtype=told["dtype"])
        found[:] = self._all(told["values"], path)
        return found.reshape(told["shape"])

    def of_network(self, told: Any, path: str) -> nn.Module:
        cls = self._class(told["network"], network=True)
        found: nn.Module = object.__new__(cls)
        nn.Module.__init__(found)
        self._made[path] = found
        inside = vars(found)
        for part in ("parameters", "buffers", "networks"):
            place = "_modules" if part == "networks" else f"_{part}"
            for name, one in told[part].items():
                inside[place][name] = self.read(one, f"{path}.{name}")
        inside["_non_persistent_buffers_set"] = set(told["fleeting"])
        inside["training"] = told["training"]
        inside |= {name: self.read(one, f"{path}.{name}") for name, one in told["own"].items()}
        found.__setstate__(dict(inside))  # type: ignore[no-untyped-call]
        return found.to(self._lent.device)

    def of_dict(self, told: Any, path: str) -> dict[Any, Any]:
        return self._filled(self._made.setdefault(path, {}), told["dict"], path)

    def of_ordered(self, told: Any, path: str) -> dict[Any, Any]:
        return self._filled(self._made.setdefault(path, OrderedDict()), told["ordered"], path)

    def _filled(self, found: dict[Any, Any], pairs: Any, path: str) -> dict[Any, Any]:
        for n, (key, one) in enumerate(pairs):
            name = self.read(key, f"{path}.key{n}")
            found[name] = self.read(one, f"{path}.{step(name, n)}")
        return found

    def of_tuple(self, told: Any, path: str) -> tuple[Any, ...]:
        return tuple(self._all(told["tuple"], path))

    def of_set(self, told: Any, path: str) -> set[Any]:
        return set(self._all(told["set"], path))

    def of_frozenset(self, told: Any, path: str) -> frozenset[Any]:
        return frozenset(self._all(told["frozenset"], path))

    def of_size(self, told: Any, path: str) -> torch.Size:
        return torch.Size(self._all(told["size"], path))

    def of_record(self, told: Any, path: str) -> Any:
        cls: Any = self._class(told["record"])
        return tuple.__new__(cls, self._all(told["values"], path))

    def of_enum(self, told: Any, _: str) -> Any:
        cls: Any = self._class(told["enum"])
        return cls[told["name"]]

    def of_partial(self, told: Any, path: str) -> functools.partial[Any]:
        function, arguments, options = self._all(told["partial"], path)
        return functools.partial(function, *arguments, **options)

    def of_named(self, told: Any, _: str) -> Any:
        found = self._named(told["named"])
        if not harmless(found, self._module):
            raise ValueError(f"{told['named']} may not be named by what was learned")
        return found

    def of_object(self, told: Any, path: str) -> Any:
        cls = self._class(told["object"])
        found: Any = object.__new__(cls)
        self._made[path] = found
        state = self._state(told["state"], path)
        if hasattr(cls, "__setstate__"):
            found.__setstate__(state)
            return found
        inside, slots = state if isinstance(state, tuple) else (state, None)
        for name, value in {**(inside or {}), **(slots or {})}.items():
            object.__setattr__(found, name, value)
        return found

    def _state(self, told: Any, path: str) -> Any:
        if isinstance(told, Mapping) and "tuple" in told:
            return tuple(self._state(one, path) for one in told["tuple"])
        if isinstance(told, Mapping) and "dict" in told:
            return self._filled({}, told["dict"], path)
        return self.read(told, path)

    def _class(self, name: str, *, network: bool = False) -> type:
        found = self._named(name, network=network)
        if not isinstance(found, type) or (network and not issubclass(found, nn.Module)):
            raise ValueError(f"{name} is no {'network' if network else 'class'}")
        return found

    def _named(self, name: str, *, network: bool = False) -> Any:
        module, _, path = name.partition(":")
        module = self._module if module == OWN else module
        known = {*LIBRARIES, self._module.partition(".")[0]}
        if not network and module.partition(".")[0] not in known:
            raise ValueError(f"{name} isn't of a package that a fitted method may name")
        try:
            found: Any = importlib.import_module(module)
            for part in path.split("."):
                found = getattr(found, part)
        except (ImportError, AttributeError) as error:
            raise ValueError(
                f"there is no {name.replace(':', '.')} here, which this was made with; install "
                "the versions that it names"
            ) from error
        if (found.__module__, found.__qualname__) != (module, path):  # by way of another module
            raise ValueError(f"{name} isn't where it was made")
        return found
