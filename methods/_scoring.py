"""The field that every method has which compares embeddings: which scorer, and which normaliser.

Shapes: N clips, D embedding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from asdbench import added

from ._fields import above_zero, at_least
from ._normalise import Density
from ._references import Normaliser
from ._scorers import Centres, Mahalanobis, Mixture, Neighbours, Scorer


@dataclass(frozen=True)
class Scoring:
    """What makes a score out of an embedding.

    ``by`` "classifier", of methods that have one: minus the log softmax probability of the ID that
    the clip claims, with the ArcFace margin left on it as the reference does (``margin``; without
    it scores tie in float32). Else the distance of the embedding to those of the ID's training
    clips: to the nearest ``neighbours``, to the nearest of ``centres`` found by k-means, to the
    nearest of ``components`` Gaussians (with ``regularisation`` on their covariance, fitted until
    EM gains less than ``tolerance``), or Mahalanobis'. ``distance`` is that to neighbours and
    centres; the others have their own, whatever it says.

    ``density`` makes it relative to the usual distance of so many training clips nearby: their
    ``relative`` "ratio" or "difference". ``domains`` other than "together" takes the smallest of
    the distances to each domain: "nearest" as they are, "apart" standardised by that domain's
    training clips, "transductive" standardised by the test clips' own, which no detector has.
    """

    by: Literal["classifier", "mixture", "neighbours", "kmeans", "mahalanobis"] = "classifier"
    margin: bool = True
    components: int = 2
    regularisation: float = 1e-3
    neighbours: int = 1
    domains: Literal["together", "nearest", "apart", "transductive"] = added("together")
    density: int = added(0)
    relative: Literal["ratio", "difference"] = added("ratio")
    distance: Literal["euclid", "cosine"] = added("euclid")
    centres: int = added(16)
    tolerance: float = added(1e-3)

    def __post_init__(self) -> None:
        at_least(1, components=self.components, neighbours=self.neighbours, centres=self.centres)
        at_least(0, density=self.density)
        above_zero(regularisation=self.regularisation, tolerance=self.tolerance)
        if self.by == "classifier" and (self.domains != "together" or self.density):
            raise ValueError(
                'scoring.domains and scoring.density balance distances; scoring.by = "classifier" '
                'has none, so use scoring.by = "neighbours" or another'
            )

    @property
    def cosine(self) -> bool:
        """Whether it is the cosine that counts: the other scorers have distances of their own."""
        return self.distance == "cosine" and self.by in {"neighbours", "kmeans"}

    def scorer(self, seed: int, device: str = "cpu", *, exact: bool = False) -> Scorer:
        """How far an embedding is from others. Raises ``ValueError`` for "classifier"."""
        cosine = self.cosine
        if self.by == "neighbours":
            return Neighbours(self.neighbours, exact, cosine, device)
        if self.by == "kmeans":
            return Centres(self.centres, cosine=cosine, seed=seed)
        if self.by == "mixture":
            return Mixture(self.components, self.regularisation, seed, self.tolerance)
        if self.by == "mahalanobis":
            return Mahalanobis()
        raise ValueError(
            'scoring.by = "classifier" needs an ID method; use "neighbours", "kmeans", "mixture" '
            'or "mahalanobis"'
        )

    @property
    def normaliser(self) -> Normaliser:
        """What the distances are balanced by."""
        return Normaliser(self.domains, Density(self.density, self.relative))

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a reader should know of a row that is scored so."""
        if self.domains != "transductive":
            return ()
        return ("transductive: its scores are standardised by those of the test clips",)
