"""A frozen general encoder and a memory of training clips: nothing is trained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from torch import Tensor, nn

from asdbench import Clips, Context, Scope, derive, tunable
from asdbench.training import in_batches

from ._beats import Beats, BeatsNetwork
from ._encoders import EncoderName, EncoderWeights, check_encoder, encoder_of
from ._fields import at_least
from ._memory import ByScorer, TrainingMemory
from ._rare import MixedWithSource
from ._scoring import Scoring

RATE = 16000  # Hz, of all encoders
BATCH = 8  # clips; fixed, since bits depend on the batch's shape
AUTHORS_LAYER = 4


@dataclass(frozen=True)
class _Embedding:
    """All that embeddings depend on besides the clips, and so the key that they are kept under."""

    encoder: EncoderName
    weights: EncoderWeights | None
    layer: int


@dataclass
class Pretrained(ByScorer):
    """Nearest neighbour in one layer of a frozen general audio encoder.

    GenRep: Saengthong and Shinozaki, "Deep generic representations for domain-generalized anomalous
    sound detection", arXiv 2409.05035; run_genrep_dcase2023.py of their code. The output of
    ``layer``, from 0, is averaged over time and kept for each frequency patch. Where a machine ID
    has clips of a source and of a target domain, each target clip is mixed, at 0.9, with its
    ``mixtures`` nearest source clips, and these join the target's memory. The score is the smaller
    of the standardised distances to both domains.

    The authors standardise by the test clips' own scores, and chose the layer on test labels:
    ``scoring.domains = "transductive"`` does the first, and a row with their layer says the second.
    """

    scope: ClassVar[Scope] = "machine"
    needs: ClassVar[str] = "a checkpoint (weights)"
    paper: ClassVar[str] = "https://arxiv.org/abs/2409.05035"
    code: ClassVar[str] = "https://github.com/Phuriches/GenRepASD"
    bibtex: ClassVar[str] = """
        @misc{saengthong2024deep,
          author = {Saengthong, Phurich and Shinozaki, Takahiro},
          title = {Deep Generic Representations for Domain-Generalized Anomalous Sound Detection},
          year = {2024},
          eprint = {2409.05035},
          archiveprefix = {arXiv}
        }
    """

    encoder: EncoderName = "beats"
    weights: EncoderWeights | None = None
    layer: int = tunable(AUTHORS_LAYER, low=0, high=11)
    mixtures: int = 990
    scoring: Scoring = Scoring(by="neighbours", domains="apart")

    def __post_init__(self) -> None:
        check_encoder(self.encoder, self.weights)
        at_least(0, layer=self.layer, mixtures=self.mixtures)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a reader of its row must know."""
        if not self.weights:
            return ("an untrained network, as a control", *super().remarks)
        pretrained = f"pretrained on {self.weights.trained_on}"
        chosen = ("layer chosen by its authors on test labels",)
        return (pretrained, *(chosen if self.layer == AUTHORS_LAYER else ()), *super().remarks)

    def fit(self, train: Clips, context: Context) -> None:
        if train.sample_rate != RATE:
            raise ValueError(
                f"encoders hear {RATE} Hz and clips have {train.sample_rate}; set "
                f"frontend.sample_rate = {RATE}"
            )
        about = _Embedding(self.encoder, self.weights, self.layer)
        self.encoder_ = _Frozen(about, context)
        seed = derive(context.seed, "scoring")
        memory = TrainingMemory(self.scoring, self.encoder_, context, seed=seed, lengths=True)
        self.scorer_ = memory.fit(train, MixedWithSource(self.mixtures))

    def take_along(self) -> None:
        """Have the encoder kept with what was learned: a detector needs no checkpoint beside it."""
        self.encoder_.take_along()


class _Frozen:
    """Clips' embeddings by an encoder that lies elsewhere, and is loaded when it is needed."""

    def __init__(self, about: _Embedding, context: Context) -> None:
        self._about, self._context = about, context
        self._network: nn.Module | None = None
        self._taken = False

    def __getstate__(self) -> dict[str, Any]:
        """Without the network, which a cell didn't train, unless it is to be taken along."""
        return vars(self) | ({} if self._taken else {"_network": None})

    def take_along(self) -> None:
        """Keep the network too."""
        self._loaded()
        self._taken = True

    def __call__(self, clips: Clips) -> Tensor:
        """Embeddings (N, Q D) on the CPU; of more than one clip, kept for all other cells."""
        if len(clips) == 1:
            return self._computed(clips)
        return self._context.kept("embeddings", self._about, clips, self._computed)

    def as_network(self) -> nn.Module:
        """The embeddings as a network. Raises ``ValueError`` for AST."""
        network = self._loaded()
        if not isinstance(network, Beats):
            raise ValueError(
                f"the spectrogram of its encoder, {self._about.encoder}, is made by transformers "
                "outside PyTorch, so that it is no part of a network"
            )
        return BeatsNetwork(network)

    def _loaded(self) -> nn.Module:
        if self._network is None:
            about = self._about
            network = encoder_of(about.encoder, about.weights, about.layer)
            self._network = network.to(self._context.device).eval()
        return self._network

    def _computed(self, clips: Clips) -> Tensor:
        network, device = self._loaded(), self._context.device

        def one_batch(indices: Tensor) -> Tensor:
            x_NPQD: Tensor = network(clips.waves(indices, device))
            return x_NPQD.float().mean(dim=1).flatten(1)

        numerics = self._context.numerics
        return in_batches(one_batch, len(clips), batch=BATCH, numerics=numerics).cpu()
