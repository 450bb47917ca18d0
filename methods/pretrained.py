"""A frozen general encoder and a memory of training clips: nothing is trained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor, nn

from asdbench import Clips, Context, Scope, derive, tunable
from asdbench.training import in_batches

from ._encoders import EncoderName, EncoderWeights, check_encoder, encoder_of
from ._fields import at_least
from ._memory import ByScorer, TrainingMemory
from ._rare import mixed_with_source
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
        self._context = context
        self._network: nn.Module | None = None
        known_ND = self._encode(train)
        made = mixed_with_source(known_ND.double().numpy(), train, self.mixtures)
        self.scorer_ = TrainingMemory(
            self.scoring,
            lambda clips: known_ND if clips is train else self._encode(clips),
            seed=derive(context.seed, "scoring"),
            device=context.device,
            lengths=True,
        ).fit(train, made)

    def _encode(self, clips: Clips) -> Tensor:
        """Embeddings (N, Q D) on the CPU; of more than one clip, kept for all other cells."""
        if len(clips) == 1:
            return self._computed(clips)
        about = _Embedding(self.encoder, self.weights, self.layer)
        return self._context.kept("embeddings", about, clips, self._computed)

    def _computed(self, clips: Clips) -> Tensor:
        if self._network is None:  # not ending in _: a cell doesn't keep what it didn't train
            network = encoder_of(self.encoder, self.weights, self.layer)
            self._network = network.to(self._context.device).eval()
        network = self._network

        def one_batch(indices: Tensor) -> Tensor:
            x_NPQD: Tensor = network(clips.waves(indices, self._context.device))
            return x_NPQD.float().mean(dim=1).flatten(1)

        numerics = self._context.numerics
        return in_batches(one_batch, len(clips), batch=BATCH, numerics=numerics).cpu()
