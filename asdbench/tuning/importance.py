"""How much of the objective's variation over trials each field accounts for."""

from __future__ import annotations

from collections.abc import Mapping

import optuna
from optuna.trial import TrialState

from asdbench.config.imports import undisturbed

LEAST = 4  # trials with different objectives, for a forest of them to be more than noise


def importances(study: optuna.Study) -> Mapping[str, float]:
    """Shares that sum to 1, of the fields that all finished trials have; empty of too few trials.

    Functional ANOVA of a random forest over the finished trials: Hutter, Hoos and Leyton-Brown,
    "An efficient approach for assessing hyperparameter importance", ICML 2014.
    """
    finished = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    if len({trial.value for trial in finished}) < LEAST:
        return {}
    with undisturbed():  # it imports scikit-learn when it is needed
        from optuna.importance import FanovaImportanceEvaluator, get_param_importances

        evaluator = FanovaImportanceEvaluator(seed=0)
        return get_param_importances(study, evaluator=evaluator)
