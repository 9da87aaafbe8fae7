"""What bogus calls claim, and when they come: no kind and no hour gives them away that calls do not have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict

from lippen.sandbox import Scenario, make_world
from lippen.sandbox.scenario import STEALTHS
from lippen.sandbox.streams import incidents
from lippen.sandbox.streams.bogus import LIKELY

BURGHS, SEEDS = 4, (1, 2, 3)
MADE_UP = ("episode", "mischief")


@dataclass(frozen=True)
class Called:
    """Incidents of the kinds that episodes claim: kind, hour of the day, disposal, and why each was called
    in; `stealth` is empty for those of no episode."""

    kind: np.ndarray
    hour: np.ndarray
    disposal: np.ndarray
    cause: np.ndarray
    stealth: np.ndarray

    @property
    def honest(self):
        return ~np.isin(self.cause, (*MADE_UP, "target"))


@pytest.fixture(scope="module")
def called():
    """Years of some burghs in which every stealth has hundreds of episodes, and much mischief is made."""
    parts = []
    for seed in SEEDS:
        for which in range(BURGHS):
            scenario = Scenario(episodes_per_year=150, mischief_per_year=400)
            drawn = incidents.draw(make_world(which, scenario, 365, seed), False)
            truth, episodes = drawn.truth["incidents"], drawn.truth["episodes"]
            of = dict(zip(episodes["episode"].to_pylist(), episodes["stealth"].to_pylist(), strict=True))
            kind = drawn.rows["Opening Code"].cast(pa.string())
            likely = pc.is_in(kind, pa.array(LIKELY))
            rows, truth = drawn.rows.filter(likely), truth.filter(likely)
            cause = truth["cause"].to_pylist()
            stealth = [
                of[one] if why == "episode" else ""
                for one, why in zip(truth["episode"].to_pylist(), cause, strict=True)
            ]
            parts.append(
                (
                    rows["Opening Code"].to_pylist(),
                    pc.hour(rows["Received"]).to_numpy(),
                    rows["Disposal"].to_pylist(),
                    cause,
                    stealth,
                )
            )
    return Called(*(np.concatenate([np.array(one[at]) for one in parts]) for at in range(5)))


def told_by(features, made_up, honest):
    """How well the features tell the one from the other: 0.5 is chance."""
    rows = np.r_[np.flatnonzero(made_up), np.flatnonzero(honest)]
    label = np.r_[np.ones(made_up.sum()), np.zeros(honest.sum())]
    columns = [np.unique(one, return_inverse=True)[1][rows] for one in features]
    model = HistGradientBoostingClassifier(
        max_iter=40, class_weight="balanced", categorical_features=[0], random_state=0
    )
    told = cross_val_predict(model, np.column_stack(columns), label, cv=3, method="predict_proba")[:, 1]
    return roc_auc_score(label, told)


def test_calls_that_lie_as_calls_do_keep_the_hours_of_their_kinds(called):
    hidden = called.stealth == "S4"
    assert hidden.sum() > 1500
    late = called.hour >= 17
    # The standard error of the share is 0.012.
    assert late[hidden].mean() == pytest.approx(late[called.honest].mean(), abs=0.04)
    for kind in ("NOISE NUISANCE", "ROAD OBSTRUCTION"):  # the one by night, the other by day
        mine = called.kind == kind
        assert late[mine & hidden].mean() == pytest.approx(late[mine & called.honest].mean(), abs=0.12)


@pytest.mark.parametrize("stealth", STEALTHS)
def test_episodes_claim_what_is_commonly_called_in(called, stealth):
    mine = called.stealth == stealth
    for kind in LIKELY:
        # An episode has one to four kinds, so that some hundreds of them spread the shares by about 0.03.
        share = (called.kind[mine] == kind).mean()
        assert share == pytest.approx((called.kind[called.honest] == kind).mean(), abs=0.09), kind


def test_kind_and_hour_do_not_tell_calls_that_lie_as_calls_do(called):
    hidden = called.stealth == "S4"
    assert told_by([called.kind], hidden, called.honest) < 0.54
    assert told_by([called.kind, called.hour], hidden, called.honest) < 0.54


def test_the_kind_does_not_tell_bogus_calls(called):
    assert told_by([called.kind], called.stealth != "", called.honest) < 0.56
    assert told_by([called.kind], called.cause == "mischief", called.honest) < 0.54


def test_bogus_calls_never_end_in_a_recorded_crime_and_others_of_their_kinds_seldom_do(called):
    crime = called.disposal == "CR CRIME RECORDED"
    assert not crime[np.isin(called.cause, MADE_UP)].any()
    assert 0.05 < crime[called.honest].mean() < 0.2
