"""Sub-cluster AdaCos on two branches: what most winners of first-shot challenges build on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from asdbench import Clips, Context, Scope, derive, tunable
from asdbench.training import Recipe, in_batches, random_batches, train_network, upload

from ._adacos import SubClusterAdaCos
from ._adacos_nets import Excite, SpectrogramBranch, SpectrumBranch, WithoutFft, magnitudes
from ._as_network import SumNetwork
from ._classes import Classes, Labels
from ._embedding import embeddings_of
from ._exchange import exchanged_features, exchanged_statistics, mixed_waves
from ._fields import above_zero, at_least
from ._memory import ByScorer, TrainingMemory
from ._references import MachineId
from ._scoring import Scoring

SCORING_BATCH = 16  # clips; fixed, since bits depend on the batch's shape
DECAY = 1e-5  # L2, added to the loss as Keras does


@dataclass(frozen=True)
class AdaCosTraining:
    """All that a trained network depends on besides the clips, and so its key.

    ``width`` multiplies all channels; 1 is the paper's. ``mixup`` and ``exchange`` are how likely a
    clip is mixed, and its statistics and features are exchanged; 0 leaves the exchange's head out.
    """

    width: float = 1.0
    clusters: int = 16
    mixup: float = 0.5
    exchange: float = 0.5
    epochs: int = 10
    batch: int = 64
    lr: float = tunable(1e-3, low=1e-4, high=1e-2, log=True)

    def __post_init__(self) -> None:
        at_least(1, clusters=self.clusters, epochs=self.epochs)
        at_least(2, batch=self.batch)  # BatchNorm
        above_zero(width=self.width, lr=self.lr)
        for name in ("mixup", "exchange"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} = {getattr(self, name)}; it must be from 0 to 1")


@dataclass(frozen=True)
class _Stage:
    """One network of the ensemble, and the classes that it tells apart."""

    training: AdaCosTraining
    labels: Labels
    number: int


@dataclass
class AdaCos(ByScorer):
    """Two-branch network that tells types, IDs and attributes apart by sub-cluster AdaCos.

    Wilkinghoff, "Self-supervised learning for anomalous sound detection", ICASSP 2024; ssl4asd,
    main_statex+featex.py. The score is the cosine distance to the nearest of 16 k-means centres of
    each domain's training clips; where a domain has fewer clips, to those. ``networks`` of other
    seeds add their scores up (the paper: 5).

    Otherwise than there: clips aren't repeated to 18 s, since all have one length here; pooling
    over time takes all that is left of it; a head whose loss has a weight of 0 there is left out;
    ReLU and BatchNorm have one order in all blocks; test clips aren't cut at random.
    """

    scope: ClassVar[Scope] = "dataset"
    paper: ClassVar[str] = "https://arxiv.org/abs/2312.09578"
    code: ClassVar[str] = "https://github.com/wilkinghoff/ssl4asd"
    bibtex: ClassVar[str] = """
        @inproceedings{wilkinghoff2024self,
          author = {Wilkinghoff, Kevin},
          title = {Self-Supervised Learning for Anomalous Sound Detection},
          booktitle = {IEEE Int. Conf. on Acoustics, Speech and Signal Processing (ICASSP)},
          year = {2024}
        }
    """

    training: AdaCosTraining = AdaCosTraining()
    scoring: Scoring = Scoring(by="kmeans", distance="cosine", domains="nearest")
    labels: Labels = "id+attributes+domain"
    networks: int = 1

    def __post_init__(self) -> None:
        at_least(1, networks=self.networks)

    def fit(self, train: Clips, context: Context) -> None:
        if len(train) < 2:
            raise ValueError("adacos needs at least two training clips")
        networks = [self._network(number, train, context) for number in range(self.networks)]
        self.networks_ = nn.ModuleList(networks)
        memories = [self._memory(network, train, context) for network in networks]
        self.scorer_ = _Sum(memories)

    def _network(self, number: int, train: Clips, context: Context) -> _TwoBranches:
        share = number / self.networks

        def log(stage: str, epoch: int, done: float, /, **figures: float) -> None:
            context.log(stage, epoch, share + done / self.networks, **figures)

        stage = _Stage(self.training, self.labels, number)
        weights = replace(context, log=log).stage(
            f"network-{number}", stage, lambda config, lent: _train(config, train, lent)
        )
        network = _TwoBranches(self.training, train.samples)
        network.load_state_dict(weights)
        return network.to(context.device).eval()

    def _memory(self, network: _TwoBranches, train: Clips, context: Context) -> TrainingMemory:
        seed = derive(context.seed, "scoring")
        return TrainingMemory(self.scoring, _Embed(network, context), context, seed=seed).fit(train)


@dataclass(frozen=True)
class _Embed:
    """Clips' embeddings by a trained network."""

    network: _TwoBranches
    context: Context

    def __call__(self, clips: Clips) -> Tensor:
        return embeddings_of(self.network, clips, self.context, self._computed)

    def _computed(self, clips: Clips) -> Tensor:
        device, numerics = self.context.device, self.context.numerics

        def one_batch(indices: Tensor) -> Tensor:
            z_ND: Tensor = self.network(clips.waves(indices, device))
            return z_ND

        return in_batches(one_batch, len(clips), batch=SCORING_BATCH, numerics=numerics)

    def as_network(self) -> nn.Module:
        return WithoutFft(self.network.spectrum, self.network.spectrogram)


class _TwoBranches(nn.Module):
    """Both branches; their embeddings one after the other."""

    def __init__(self, config: AdaCosTraining, samples: int) -> None:
        super().__init__()
        wide, narrow = (max(1, round(config.width * channels)) for channels in (128, 16))
        self.size = wide
        self.spectrum = SpectrumBranch(samples, width=wide, embedding=wide)
        self.spectrogram = SpectrogramBranch(width=narrow, embedding=wide)

    def forward(self, waves_NS: Tensor) -> Tensor:
        """Embeddings (N, 2 D), of length 1 in both branches together."""
        parts = self.spectrum(waves_NS), self.spectrogram(magnitudes(waves_NS))
        return functional.normalize(torch.cat(parts, dim=1).float(), dim=1)


@dataclass(frozen=True)
class _Sum:
    """Adds up the scores of several memories."""

    memories: list[TrainingMemory]

    def score(self, test: Clips) -> NDArray[np.float64]:
        total: NDArray[np.float64] = np.sum([one.score(test) for one in self.memories], axis=0)
        return total

    def train_scores(self, train: Clips) -> NDArray[np.float64]:
        scores = [one.train_scores(train) for one in self.memories]
        total: NDArray[np.float64] = np.sum(scores, axis=0)
        return total

    def as_network(self, ids: Sequence[MachineId]) -> nn.Module:
        return SumNetwork([one.as_network(ids) for one in self.memories])


def _train(stage: _Stage, train: Clips, context: Context) -> dict[str, Tensor]:
    """Train one network from scratch; its weights, without those of the heads."""
    config, device = stage.training, context.device
    torch.manual_seed(context.seed)
    classes = Classes.of(train, stage.labels)
    shares_NC = functional.one_hot(torch.tensor(classes.label(train)), len(classes)).float()
    network = _TwoBranches(config, train.samples)
    heads = nn.ModuleDict({"own": _head(len(classes), network.size, config, trained=False)})
    if config.exchange:
        heads["exchanged"] = _head(9 * len(classes), network.size, config, trained=True)
    decayed = _decayed(network)

    def step(indices: Tensor, generator: torch.Generator) -> dict[str, Tensor]:
        waves_NS, of_NC = train.waves(indices, device), upload(shares_NC[indices], device)
        waves_NS, of_NC = mixed_waves(waves_NS, of_NC, config.mixup, generator)
        spectrum_ND, magnitude_NFT = network.spectrum(waves_NS), magnitudes(waves_NS)
        probability = config.exchange
        magnitude_NFT, of_N3C = exchanged_statistics(magnitude_NFT, of_NC, probability, generator)
        spectrogram_ND = network.spectrogram(magnitude_NFT)
        loss = heads["own"](torch.cat([spectrum_ND, spectrogram_ND], dim=1), of_NC)
        if probability:
            other_ND, of_N9C = exchanged_features(spectrogram_ND, of_N3C, probability, generator)
            loss = loss + heads["exchanged"](torch.cat([spectrum_ND, other_ND], dim=1), of_N9C)
        return {"loss": loss + DECAY * torch.stack([w.square().sum() for w in decayed]).sum()}

    train_network(
        nn.ModuleList([network, heads]),
        step,
        batches=random_batches(len(train), config.batch),
        recipe=Recipe(epochs=config.epochs, lr=config.lr),
        context=context,
    )
    return network.state_dict()


def _head(classes: int, size: int, config: AdaCosTraining, *, trained: bool) -> SubClusterAdaCos:
    return SubClusterAdaCos(classes, embedding=2 * size, clusters=config.clusters, trained=trained)


def _decayed(network: nn.Module) -> list[nn.Parameter]:
    """The weights of convolutions and dense layers, but for squeeze and excitation."""
    excite = [part for part in network.modules() if isinstance(part, Excite)]
    left_out = {id(weight) for part in excite for weight in part.parameters()}
    weights = [weight for weight in network.parameters() if weight.ndim > 1]
    return [weight for weight in weights if id(weight) not in left_out]
