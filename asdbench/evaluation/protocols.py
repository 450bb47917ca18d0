"""Figures and the challenges that they come from: what each is called, and which a year ranks by.

Official scores: DCASE 2020 averages AUC and pAUC over machine IDs and types. 2021 takes the
harmonic mean of AUC and pAUC of each domain over types and sections (Kawaguchi et al.,
"Description and discussion on DCASE 2021 Challenge Task 2"). Since 2022 it is the harmonic mean of
AUC(source), AUC(target) and pAUC (Dohi et al., "Description and discussion on DCASE 2022 Challenge
Task 2"): the AUC of a domain is that of its normal clips against the anomalous clips of both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from asdbench.config.names import did_you_mean
from asdbench.evaluation.figures import FIGURES, RANKS

OFFICIAL = "official"
DECIDED = ("precision", "recall", "f1", "specificity")  # of decisions at a threshold
OF_DOMAINS = (OFFICIAL, "auc_source", "auc_target", "pauc_source", "pauc_target", "pauc_harmonic")
EVERY = (*FIGURES, *OF_DOMAINS, *DECIDED)

# What is shown of a year's results, in order; rows are ranked by the first.
PROTOCOLS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "2020": (RANKS, "auc", "pauc", "mauc", "recall", "specificity"),
        "2021": (
            *(OFFICIAL, "auc_source", "auc_target", "pauc_source", "pauc_target"),
            *("f1", "recall", "specificity"),
        ),
        "2022": (
            *(OFFICIAL, "auc_source", "auc_target", "pauc_harmonic"),
            *("f1", "recall", "specificity"),
        ),
    }
)

NAMES: Mapping[str, str] = MappingProxyType(
    {
        OFFICIAL: "official score",
        "auc_source": "AUC source",
        "auc_target": "AUC target",
        "pauc_source": "pAUC source",
        "pauc_target": "pAUC target",
        "pauc_harmonic": "pAUC h-mean",
        "mean_auc_pauc": "mean AUC/pAUC",
        "auc": "AUC",
        "pauc": "pAUC",
        "mauc": "mAUC",
        "pooled_auc": "pooled AUC",
        "precision": "precision",
        "recall": "recall",
        "f1": "F1",
        "specificity": "specificity",
    }
)
_OFFICIAL: Mapping[str, str] = MappingProxyType(
    {
        "2021": "the harmonic mean of AUC and pAUC in either domain",
        "2022": "the harmonic mean of AUC source, AUC target and pAUC",
    }
)
_MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "auc_source": "of normal source clips",
        "auc_target": "of normal target clips",
        "pauc_source": "of source clips up to a false positive rate of 0.1",
        "pauc_target": "of target clips up to a false positive rate of 0.1",
        "pauc_harmonic": "pAUC (max FPR 0.1), harmonic mean",
        "mean_auc_pauc": "mean of AUC and pAUC",
        "auc": "mean over machine IDs",
        "pauc": "up to a false positive rate of 0.1",
        "mauc": "AUC of the worst machine ID of each type",
        "pooled_auc": "one AUC over all clips of a machine type",
        "precision": "share of anomalous clips among those found, at the method's own threshold",
        "recall": "share of anomalous clips that are found, at the method's own threshold",
        "f1": "harmonic mean of precision and recall, at the method's own threshold",
        "specificity": "share of normal clips that raise no alarm, at the method's own threshold",
    }
)


def meaning(figure: str, protocol: str) -> str:
    """What a figure is, in words."""
    return _OFFICIAL[protocol] if figure == OFFICIAL else _MEANINGS[figure]


def check_figures(figures: Sequence[str]) -> None:
    """Raise ``ValueError`` unless these are some of the figures, each once."""
    if not figures:
        raise ValueError(f"no figure is named; choose from {', '.join(EVERY)}")
    for place, name in enumerate(figures):
        if name not in EVERY:
            raise ValueError(f"no figure {name!r}{did_you_mean(name, EVERY)}")
        if name in figures[:place]:
            raise ValueError(f"the figure {name} is named twice; name it once")
