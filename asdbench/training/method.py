"""What a method is: a dataclass with ``fit`` and ``score``, and what a run lends it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, TypeVar

from asdbench.config.keys import ADDED

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray
    from torch import Tensor

    from asdbench.config.numerics import Numerics
    from asdbench.data.clips import Clips

Scope = Literal["machine", "dataset"]
T = TypeVar("T")


class Method(Protocol):
    """A detector. Its dataclass fields are its hyperparameters, and all that changes it.

    ``scope`` says what one fit sees: "machine", the clips of one machine type, or "dataset", all.
    A method whose scores don't depend on the seed may say so with ``deterministic: ClassVar[bool] =
    True``: then one repeat tells all that seeds can do. One that hears several channels says
    ``multichannel: ClassVar[bool] = True``: with ``channels = "all"`` in the dataset it gets clips
    whose ``channel(k)`` are the same clips as heard by each; others get the first channel.
    The docstring's first line is its line on the leaderboard. What it learns goes into attributes
    that end in ``_``; networks, tensors and arrays among them are kept as its final weights.
    ``needs: ClassVar[str] = "a checkpoint"`` says what it needs beside clips: ``asdbench list``
    tells it, and an experiment that lists no methods leaves it out of "all".
    ``remarks``, a tuple of short texts, is optional: what a reader of its row must know, such as
    "pretrained on AudioSet"; a property can tell it from the fields.

    ``train_scores(self, train) -> ArrayLike`` is optional: a score for each clip that ``fit`` got,
    in the same order, as if that clip had not been learned from. A decision threshold is set by
    them. A method whose training clips score lower than new normal ones, as where each is its own
    nearest neighbour, should have it; without it, ``score(train)`` is taken.

    ``explain(self, test) -> ArrayLike`` is optional: how much each band and frame of each clip adds
    to its score, (N, B, T). ``take_along(self)`` is optional too: it loads what lies elsewhere, as
    a checkpoint, into what is learned, so that a detector needs nothing beside it.

    ``as_network(self, ids) -> nn.Module`` is optional: a module whose ``forward(waves_NS,
    logmel_NBT)`` gives (N, I), the scores as if each clip were of each of these pairs of machine
    type and ID. ``asdbench detector make --onnx`` writes it down; ``ValueError`` says why it can't.

    Example:
        >>> from dataclasses import dataclass
        >>> @dataclass
        ... class Louder:
        ...     scope: ClassVar[Scope] = "machine"
        ...     def fit(self, train, context):
        ...         self.level_ = train.logmel().mean()
        ...     def score(self, test):
        ...         return (test.logmel().mean(dim=(1, 2)) - self.level_).numpy()
        >>> Louder.scope
        'machine'
    """

    scope: ClassVar[Scope]

    def fit(self, train: Clips, context: Context) -> None:
        """Learn from normal training clips (labels and names are withheld)."""

    def score(self, test: Clips) -> ArrayLike:
        """N finite scores, one a test clip in the order given; higher is more anomalous."""


@dataclass(frozen=True)
class Context:
    """All that a run lends a method.

    ``seed`` is the only source of randomness. ``numerics`` says on which device to compute and how.
    ``scratch`` is a folder of the cell's own that outlives a kill. ``log`` reports progress;
    ``stage`` trains a part that other cells can share. ``supplemental`` are clips of these machines
    that are no plain training clips, as DCASE has them since 2025: of the machine alone, or of the
    noise around it, as their ``attributes`` tell; None where there are none.

    Example:
        >>> from asdbench.config.numerics import Numerics
        >>> from asdbench.training.stages import Stages
        >>> stages = Stages(Path("stages"), "example")
        >>> Context(1, Numerics(device="cpu"), Path("scratch"), print, stages).device
        'cpu'
    """

    seed: int
    numerics: Numerics
    scratch: Path
    log: Log
    stages: StageCache
    supplemental: Clips | None = None

    def stage(
        self, name: str, config: Any, train: Callable[[Any, Context], Mapping[str, Tensor]]
    ) -> dict[str, Tensor]:
        """The weights of a stage that cells share if they differ only in what comes after it.

        ``config``, a frozen dataclass, is all that ``train(config, context)`` may depend on besides
        the training clips; it gets a context of the stage's own and returns named tensors.
        """
        return self.stages.get(self, name, config, train)

    def kept(self, name: str, config: Any, clips: Clips, make: Callable[[Clips], Tensor]) -> Tensor:
        """What ``make(clips)`` gives for these clips, (N, ...): made once, whatever the seed.

        For what is made of clips without learning, such as embeddings by a frozen encoder, or by a
        trained one of whose weights ``config`` has a hash: all cells that want the same share it.
        It may depend on ``config`` and the clips alone. The result is on the CPU.
        """
        return self.stages.kept(name, config, clips, make)

    @property
    def device(self) -> str:
        """The device to compute on, as torch names it."""
        return self.numerics.device


class StageCache(Protocol):
    """Where trained stages are kept; ``spared`` are the seconds that each loaded one has saved."""

    @property
    def spared(self) -> list[float]: ...

    def get(
        self,
        context: Context,
        name: str,
        config: Any,
        train: Callable[[Any, Context], Mapping[str, Tensor]],
        /,
    ) -> dict[str, Tensor]:
        """A stage's weights, trained if need be."""

    def kept(
        self, name: str, config: Any, clips: Clips, make: Callable[[Clips], Tensor], /
    ) -> Tensor:
        """What was made of clips, if need be now."""


class Log(Protocol):
    """Reports a finished epoch of a stage, counted from 1, and its figures (loss, accuracy, ...).

    ``done`` is the share of the whole fit that is now behind, from 0 to 1. A figure named ``of``
    is none: it says how many epochs the stage has, is shown while it trains, and isn't kept.
    """

    def __call__(self, stage: str, epoch: int, done: float, /, **figures: float) -> None: ...


@dataclass(frozen=True)
class Space:
    """Where a hyperparameter may lie: a range, or choices."""

    low: float | None = None
    high: float | None = None
    log: bool = False
    choices: Sequence[Any] | None = None


def tunable(
    default: T,
    *,
    low: float | None = None,
    high: float | None = None,
    log: bool = False,
    choices: Sequence[T] | None = None,
    counts_clips: bool = False,
) -> T:
    """A dataclass field with its default and its search space in one place.

    Give a range or choices; raises ``ValueError`` for neither or both. ``counts_clips`` is for a
    number of neighbours, say: no search goes above the training clips that a machine ID has.

    Example:
        >>> from dataclasses import dataclass
        >>> from asdbench import tunable
        >>> @dataclass
        ... class Mine:
        ...     lr: float = tunable(1e-3, low=1e-5, high=1e-2, log=True)
        >>> Mine().lr
        0.001
    """
    if (choices is None) == (low is None or high is None):
        raise ValueError(f"tunable({default!r}) needs either low and high, or choices")
    space = Space(low, high, log, None if choices is None else tuple(choices))
    metadata = {"space": space, "counts_clips": counts_clips}
    found: T = field(default=default, metadata=metadata)
    return found


def added(default: T) -> T:
    """A dataclass field that a method gets after results were made with it.

    While it has its default, which must do what the method did without it, results keep their keys.

    Example:
        >>> from dataclasses import dataclass
        >>> from asdbench import added
        >>> @dataclass
        ... class Mine:
        ...     whiten: bool = added(False)
        >>> Mine().whiten
        False
    """
    found: T = field(default=default, metadata={ADDED: True})
    return found


def checked_scores(scores: ArrayLike, clips: int) -> NDArray[np.float64]:
    """Scores as (N,) float64.

    ``ValueError`` for no numbers, another shape, NaN, infinity, what is masked, or integers that
    float64 hasn't got: they could become equal.
    """
    import numpy as np

    if isinstance(scores, np.ma.MaskedArray) and (masked := int(np.ma.getmaskarray(scores).sum())):
        raise ValueError(f"score gave {masked} masked values of {clips}; give each clip a number")
    given = np.asarray(scores)
    if given.dtype.kind not in "biuf":
        kinds = {"O": type(scores).__name__, "U": "text", "S": "bytes"}
        what = kinds.get(given.dtype.kind, given.dtype.name)
        raise ValueError(f"score gave {what}; give a number for each of the {clips} clips")
    found = given.astype(np.float64)
    if found.shape != (clips,):
        raise ValueError(f"score gave shape {found.shape} for {clips} clips; give ({clips},)")
    wrong = int((~np.isfinite(found)).sum())
    if wrong:
        raise ValueError(f"score gave {wrong} NaN or infinite values of {clips}")
    if given.dtype.kind in "iu" and (odd := int((given.astype(object) != found).sum())):
        raise ValueError(
            f"score gave {odd} integers of {clips} that float64 can't hold; keep them below 2**53"
        )
    return found
