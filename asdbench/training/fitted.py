"""What ``fit`` has learned, as tensors and a description of what they are parts of. No pickle.

Attributes of a method that end in ``_`` are walked: networks, tensors, arrays, numbers, texts,
containers of them, and objects of classes that can be imported. A class is written down by its
name, an object by what ``__getstate__`` gives. ``training.restored`` reads it back.
"""

from __future__ import annotations

import enum
import functools
import importlib
import math
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from asdbench.training.method import Context

FORMAT = 1
OWN = "method"  # stands for the module that the method is in, wherever that lies
NUMBERS = "biuf"  # kinds of arrays whose values safetensors keeps; others are written as JSON
# Whose classes may be named, beside those of the method's own package, and networks of any.
LIBRARIES = frozenset({"asdbench", "collections", "numpy", "scipy", "sklearn", "torch"})
FUNCTIONS = frozenset({"torch.nn.functional", "torch._C._nn"})  # that may be named
_REDUCED = ("__reduce__", "__reduce_ex__")  # a class that has its own may hold what can't be seen
BASE = frozenset(vars(nn.Module()))  # what every network has, made anew when it is restored


class NotKeptError(ValueError):
    """Something that was learned can't be written down."""


class Fitted(NamedTuple):
    """What a method has learned: a description (JSON), and the tensors that it names."""

    description: Mapping[str, Any]
    tensors: Mapping[str, Tensor]


def fitted(method: Any) -> Fitted:
    """What this method has learned, and its fields.

    Raises ``NotKeptError``, naming what can't be kept, and why.
    """
    keeper = Keeper(type(method).__module__)
    held = {one.name: getattr(method, one.name) for one in fields(method)} | learned(method)
    attributes = {name: keeper.keep(value, name) for name, value in held.items()}
    return Fitted({"format": FORMAT, "attributes": attributes}, keeper.tensors)


def learned(method: Any) -> dict[str, Any]:
    """The attributes that a method has learned: those that end in ``_`` and don't begin with it."""
    return {n: v for n, v in vars(method).items() if n.endswith("_") and not n.startswith("_")}


def state_of(method: Any) -> dict[str, Tensor]:
    """The tensors alone of what a method has learned. Raises as ``fitted``."""
    return dict(fitted(method).tensors)


class Keeper:
    """Describes values, and gathers their tensors by path: ``network_.0.weight``."""

    def __init__(self, module: str) -> None:
        self.tensors: dict[str, Tensor] = {}
        self._module = module
        self._seen: dict[int, tuple[str, Any]] = {}  # the value too: an ID is of one that lives

    def keep(self, value: Any, path: str) -> Any:
        """The description of a value; what was described before is referred to."""
        if value is None or isinstance(value, bool | str) or type(value) is int:
            return value
        if type(value) is float:
            return value if math.isfinite(value) else {"float": repr(value)}
        if id(value) in self._seen:
            return {"same": self._seen[id(value)][0]}
        self._seen[id(value)] = path, value
        return self._described(value, path)

    def _described(self, value: Any, path: str) -> Any:
        if isinstance(value, Context):
            return {"context": value.seed}
        if isinstance(value, Tensor):
            return self._tensor(value, path)
        if isinstance(value, np.ndarray | np.generic):
            return self._array(value, path)
        if isinstance(value, nn.Module):
            return self._network(value, path)
        if isinstance(value, list | tuple | set | frozenset | dict):
            return self._container(value, path)
        return self._other(value, path)

    def _other(self, value: Any, path: str) -> Any:
        if isinstance(value, torch.dtype | np.dtype | Path):
            kind = {torch.dtype: "torch", np.dtype: "dtype"}
            named = [name for one, name in kind.items() if isinstance(value, one)] or ["path"]
            return {named[0]: str(value).removeprefix("torch.")}
        if isinstance(value, enum.Enum):
            return {"enum": self._named(type(value), path), "name": value.name}
        if isinstance(value, functools.partial):
            parts = (value.func, value.args, value.keywords)
            return {"partial": [self.keep(one, f"{path}.{n}") for n, one in enumerate(parts)]}
        if isinstance(value, type) or (callable(value) and hasattr(value, "__qualname__")):
            place = self._named(value, path)
            if not harmless(value, self._module):
                raise NotKeptError(
                    f"{path}: {value.__module__}.{value.__qualname__} can't be kept; call it in a "
                    "function of the method's own"
                )
            return {"named": place}
        return self._object(value, path)

    def _tensor(self, value: Tensor, path: str) -> Any:
        if value.is_complex() or value.layout != torch.strided or value.is_quantized:
            raise NotKeptError(f"{path}: a {value.dtype} tensor of this layout can't be kept")
        found: dict[str, Any] = {"tensor": path}
        contiguous = torch.empty(value.shape, device="meta").stride()
        if value.stride() != contiguous and _dense(value):
            found["stride"] = list(value.stride())
        if isinstance(value, nn.Parameter):
            found["parameter"] = value.requires_grad
        if value.device.type != "cpu":
            found["on_device"] = True
        # Cloned: two names for one tensor can't be written.
        self.tensors[path] = value.detach().cpu().clone(memory_format=torch.contiguous_format)
        return found

    def _array(self, value: np.ndarray[Any, Any] | np.generic, path: str) -> Any:
        if isinstance(value, np.generic):
            return {"number": self.keep(value.item(), f"{path}.value"), "dtype": str(value.dtype)}
        if value.dtype.kind not in NUMBERS or value.dtype.itemsize > 8 or not value.dtype.isnative:
            if value.dtype.kind not in "OUb":
                raise NotKeptError(f"{path}: an array of {value.dtype} can't be kept")
            values = [self.keep(one, f"{path}.{n}") for n, one in enumerate(value.ravel().tolist())]
            return {"values": values, "shape": list(value.shape), "dtype": str(value.dtype)}
        found: dict[str, Any] = {"array": path}
        if value.flags.f_contiguous and not value.flags.c_contiguous:
            found["order"] = "F"  # a matrix product's last bits depend on it
        self.tensors[path] = torch.from_numpy(np.array(value, order="C"))
        return found

    def _network(self, value: nn.Module, path: str) -> Any:
        inside = value.__getstate__()  # type: ignore[no-untyped-call]
        if any(hooks for name, hooks in inside.items() if name in BASE and "hooks" in name):
            raise NotKeptError(f"{path}: a network with hooks can't be kept; remove them after fit")
        parts = {"parameters": "_parameters", "buffers": "_buffers", "networks": "_modules"}
        found: dict[str, Any] = {
            "network": self._named(type(value), path),
            "training": value.training,
            "fleeting": sorted(inside["_non_persistent_buffers_set"]),
        }
        for part, attribute in parts.items():
            held = {name: self.keep(x, f"{path}.{name}") for name, x in inside[attribute].items()}
            found[part] = held
        own = {name: x for name, x in inside.items() if name not in BASE}
        found["own"] = {name: self.keep(x, f"{path}.{name}") for name, x in own.items()}
        return found

    def _container(self, value: Any, path: str) -> Any:
        kind = type(value)
        if isinstance(value, dict):
            pairs = [
                [self.keep(key, f"{path}.key{n}"), self.keep(one, f"{path}.{step(key, n)}")]
                for n, (key, one) in enumerate(value.items())
            ]
            if kind not in {dict, OrderedDict}:
                raise NotKeptError(f"{path}: a {kind.__name__} can't be kept; make it a dict")
            return {"dict" if kind is dict else "ordered": pairs}
        in_order = sorted(value, key=repr) if isinstance(value, set | frozenset) else value
        held = [self.keep(one, f"{path}.{n}") for n, one in enumerate(in_order)]
        if kind is list:
            return held
        if kind in {tuple, set, frozenset}:
            return {kind.__name__: held}
        if kind is torch.Size:
            return {"size": held}
        if not hasattr(kind, "_fields"):
            raise NotKeptError(f"{path}: a {kind.__name__} can't be kept; make it a list or tuple")
        return {"record": self._named(kind, path), "values": held}

    def _object(self, value: Any, path: str) -> Any:
        kind = type(value)
        named = self._named(kind, path)
        if any(getattr(kind, name) is not getattr(object, name) for name in _REDUCED):
            raise NotKeptError(f"{path}: a {kind.__module__}.{kind.__qualname__} can't be kept")
        # The state is the object's alone, so nothing else can refer to it.
        return {"object": named, "state": self._state(value.__getstate__(), path)}

    def _state(self, state: Any, path: str) -> Any:
        if isinstance(state, tuple):  # of a class with slots
            return {"tuple": [self._state(one, path) for one in state]}
        return self._container(state, path) if isinstance(state, dict) else self.keep(state, path)

    def _named(self, value: Any, path: str) -> str:
        """The name of a class or function that can be imported again."""
        module, name = value.__module__, value.__qualname__
        where = OWN if module == self._module else str(module)
        roots = {*LIBRARIES, self._module.partition(".")[0]}
        try:
            found: Any = importlib.import_module(module or "")
            for part in name.split("."):
                found = getattr(found, part)
        except (ImportError, AttributeError, ValueError):
            found = None
        if found is not value:
            raise NotKeptError(
                f"{path}: {name} can't be kept, since it can't be found by its name; what is made "
                "within a function (a lambda, a closure, a class) becomes a class or function of "
                "the module, as a dataclass with __call__"
            )
        network = isinstance(value, type) and issubclass(value, nn.Module)
        if str(module).partition(".")[0] not in roots and not network:
            raise NotKeptError(f"{path}: {module}.{name} can't be kept; keep its arrays, numbers")
        return f"{where}:{name}"


def harmless(value: Any, module: str) -> bool:
    """Whether a function or class may be called with anything, whoever names it.

    Those of the method's own package, networks, and the functions that networks are made with.
    """
    if isinstance(value, type) and issubclass(value, nn.Module | np.generic):
        return True
    name = str(value.__module__)
    return name in FUNCTIONS or name.partition(".")[0] == module.partition(".")[0]


def step(key: Any, number: int) -> str:
    """The part of a path that stands for a key of a dict."""
    return key if isinstance(key, str) and key.isidentifier() else str(number)


def _dense(value: Tensor) -> bool:
    """Whether its values lie side by side in memory, in whatever order of dimensions."""
    expected = 1
    for stride, size in sorted(zip(value.stride(), value.shape, strict=True)):
        if size > 1 and stride != expected:
            return False
        expected *= size
    return True
