"""The control room's log: the published rates, its cycles, and nothing in it that tells the truth by
itself.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict

from lippen.sandbox import Intervention, Scenario, load_scenario, make_world
from lippen.sandbox.place import TYPES
from lippen.sandbox.scenario import FalseTrend
from lippen.sandbox.streams import incidents

BURGHS = range(6)


@pytest.fixture(scope="module")
def year():
    """A year of six burghs: (world, rows, truth) each."""
    worlds = [make_world(which, Scenario(), 365, 1) for which in BURGHS]
    drawn = [incidents.draw(world, True) for world in worlds]
    return [(world, one.rows, one.truth) for world, one in zip(worlds, drawn, strict=True)]


def per_1000(year, count):
    return 1000 * count / sum(world.place.residents.sum() for world, _, _ in year)


def all_of(year, name):
    return pa.chunked_array([chunk for _, rows, _ in year for chunk in rows[name].cast(pa.string()).chunks])


def test_there_are_276_incidents_per_1000_residents(year):
    # 1,506,805 command and control incidents in Scotland, 2020-21.
    assert per_1000(year, sum(rows.num_rows for _, rows, _ in year)) == pytest.approx(276, rel=0.04)


def test_55_per_1000_are_recorded_crimes(year):
    # 299,780 recorded crimes in Scotland, 2023-24.
    recorded = pc.sum(pc.equal(all_of(year, "Disposal"), "CR CRIME RECORDED")).as_py()
    assert per_1000(year, recorded) == pytest.approx(55, rel=0.08)


def test_about_an_eighth_end_with_nothing_found(year):
    # Assumed: no share is published for Scotland.
    nothing = Counter(value[:2] for value in all_of(year, "Disposal").to_pylist())
    total = sum(nothing.values())
    assert 0.10 < (nothing["NT"] + nothing["NF"] + nothing["FG"]) / total < 0.14


def test_three_to_ten_in_a_thousand_are_bogus_and_most_of_them_in_episodes(year):
    cause = Counter(value for _, _, truth in year for value in truth["incidents"]["cause"].to_pylist())
    bogus = cause["episode"] + cause["mischief"]
    assert 0.003 < bogus / sum(cause.values()) < 0.010
    assert 0.5 < cause["episode"] / bogus < 0.8


def test_drug_deaths_come_near_the_published_rate():
    # 1,172 drug misuse deaths in Scotland, 2023: 0.21 per 1,000. About 400 are expected in a third of the
    # nation, so that 15 in 100 are three standard errors.
    worlds = [make_world(which, Scenario(), 365, 1) for which in range(80)]
    causes = [incidents.draw(world, False).truth["incidents"]["cause"] for world in worlds]
    deaths = sum(pc.sum(pc.equal(one.cast(pa.string()), "drug death")).as_py() for one in causes)
    residents = sum(world.place.residents.sum() for world in worlds)
    assert 1000 * deaths / residents == pytest.approx(0.21, rel=0.15)


def test_week_and_day_have_their_cycles(year):
    received = pa.chunked_array([chunk for _, rows, _ in year for chunk in rows["Received"].chunks])
    kind = np.array(all_of(year, "Opening Code").to_pylist())
    hour, day = pc.hour(received).to_numpy(), pc.day_of_week(received).to_numpy()
    fights = kind == "DISTURBANCE"
    assert np.isin(day[fights], (4, 5, 6)).mean() > 0.47  # 3 of 7 days are 0.43
    assert np.isin(hour[fights], (21, 22, 23, 0, 1, 2)).mean() > 0.4
    lost = kind == "LOST OR FOUND PROPERTY"
    assert np.isin(hour[lost], range(8, 20)).mean() > 0.7
    assert np.isin(day[lost], (5, 6)).mean() < 0.25


def test_half_of_all_incidents_lie_on_few_blocks(year):
    # Weisburd 2015: half of crime on 4-6 % of street segments in cities. Blocks here hold several segments.
    for world, rows, _ in year:
        count = np.sort(
            np.array(
                list(
                    Counter(
                        zip(rows["Street"].to_pylist(), rows["Data Zone"].to_pylist(), strict=True)
                    ).values()
                )
            )
        )[::-1]
        blocks = np.searchsorted(np.cumsum(count), count.sum() / 2) / len(world.place.block_area)
        assert 0.02 < blocks < 0.10


def test_some_people_suffer_again_and_again(year):
    for world, _, truth in year[:3]:
        suffered = truth["incidents"].filter(
            pc.is_in(truth["incidents"]["cause"], pa.array(["ordinary", "harm"]))
        )
        times = np.sort(np.bincount(suffered["person"].to_numpy(), minlength=len(world.people.home)))[::-1]
        victims = (times > 0).sum()
        assert times[: victims // 25].sum() / times.sum() > 0.10  # 4 % of victims; evenly it would be 0.04
        assert times.max() >= 5


def test_housebreaking_repeats_nearby(year):
    close, far = 0, 0
    for _, rows, _ in year:
        mine = rows.filter(pc.equal(rows["Opening Code"].cast(pa.string()), "HOUSEBREAKING"))
        at = mine["Received"].to_numpy().astype("datetime64[s]").astype(np.int64) / 86_400
        lat, lon = mine["Lat"].to_numpy() * 111, mine["Long"].to_numpy() * 62
        apart = np.hypot(lat[:, None] - lat, lon[:, None] - lon)
        days = np.abs(at[:, None] - at)
        near = np.triu(apart < 0.4, 1)
        close += (near & (days < 14)).sum()
        far += (near & (days >= 14) & (days < 365)).sum()
    # By chance alone 14 of 365 days hold about 7.5 % of pairs.
    assert close / (close + far) > 0.11


def test_ids_run_in_the_order_of_receipt_and_nothing_lies_in_the_missing_hour(year):
    for _, rows, _ in year:
        numbers = rows["Log Ref"].to_numpy()
        assert (np.diff(numbers) == 1).all()
        received = rows["Received"].to_numpy()
        assert (np.diff(received) >= np.timedelta64(0, "s")).all()
        for name in ("Received", "First Unit Sent", "First Unit At Scene", "Last Unit Clear", "Closed"):
            times = rows[name].drop_null().to_numpy()
            assert not (
                (times >= np.datetime64("2025-03-30T01:00")) & (times < np.datetime64("2025-03-30T02:00"))
            ).any()


def test_units_are_sent_arrive_and_are_free_in_that_order(year):
    for _, rows, _ in year[:2]:
        # On the night on which an hour comes twice, clocks run backwards.
        back = pc.equal(
            pc.floor_temporal(rows["Received"], unit="day"), pa.scalar(np.datetime64("2025-10-26", "s"))
        )
        sent = rows.filter(pc.and_(pc.is_valid(rows["First Unit Sent"]), pc.invert(back)))
        steps = [
            sent[name].to_numpy()
            for name in ("Received", "First Unit Sent", "First Unit At Scene", "Last Unit Clear", "Closed")
        ]
        for earlier, later in pairwise(steps):
            assert (earlier < later).all()


@pytest.mark.parametrize("kind", ["safe_reporting", "police_drive", "counter_story"])
def test_an_intervention_changes_no_row_outside_its_areas_and_days(kind):
    with_it = Scenario(intervention=(Intervention(kind, 100, ("Carsemuir",)),))
    shown = []
    for scenario in (Scenario(), with_it):
        rows = incidents.draw(make_world(0, scenario, 200, 5), True).rows.drop_columns("Log Ref")
        own = pc.and_(
            pc.equal(rows["Ward"].cast(pa.string()), "Carsemuir"),
            pc.greater_equal(rows["Received"], pa.scalar(np.datetime64("2025-04-11", "s"))),
        )
        shown.append((rows.filter(pc.invert(own)), rows.filter(own)))
    (elsewhere, own_before), (elsewhere_after, own_after) = shown
    assert elsewhere.to_pylist() == elsewhere_after.to_pylist()
    assert own_before.num_rows != own_after.num_rows


def test_the_school_term_trend_adds_youth_calls_in_its_days_and_nothing_else():
    trend = FalseTrend("school_term", 60, 110, ("Carsemuir",))
    without, with_it = (
        [
            incidents.draw(make_world(which, Scenario(false_trend=planted), 150, 1), False)
            for which in range(12)
        ]
        for planted in ((), (trend,))
    )
    inside = added = 0
    for before, after in zip(without, with_it, strict=True):
        old, new = (
            Counter(
                zip(
                    *(one.rows[name].to_pylist() for name in ("Opening Code", "Received", "Street")),
                    strict=True,
                )
            )
            for one in (before, after)
        )
        assert not old - new
        first, last = np.datetime64("2025-03-02"), np.datetime64("2025-04-21")
        for kind, received, _ in (new - old).elements():
            assert kind == "YOUTH NUISANCE"
            assert first <= np.datetime64(received) < last
        added += (new - old).total()
        inside += sum(
            kind == "YOUTH NUISANCE" and first <= np.datetime64(received) < last
            for kind, received, _ in old.elements()
        )
    # One of seven larger areas, which has a sixth of the residents.
    assert 0.05 < added / inside < 0.2


def test_what_a_death_turns_out_to_be_makes_nobody_wait_elsewhere():
    """A drive leaves fewer deaths that are of drugs, and every sudden death is called in all the same."""
    drive = Scenario(intervention=(Intervention("police_drive", 0, ("tenements",)),))
    fewer = 0
    for which in range(40):
        shown = []
        for scenario in (Scenario(), drive):
            world = make_world(which, scenario, 365, 1)
            drawn = incidents.draw(world, False)
            mine = [
                code
                for code, of in zip(world.place.codes, world.place.type_of, strict=True)
                if TYPES[of] == "tenements"
            ]
            elsewhere = pc.invert(pc.is_in(drawn.rows["Data Zone"].cast(pa.string()), pa.array(mine)))
            deaths = pc.sum(pc.equal(drawn.truth["incidents"]["cause"].cast(pa.string()), "drug death"))
            shown.append((drawn.rows.filter(elsewhere).drop_columns("Log Ref"), deaths.as_py()))
        (rows, before), (rows_after, after) = shown
        assert rows.equals(rows_after)
        fewer += before - after
    assert fewer > 0


def test_an_alarm_that_harm_sets_off_is_told_from_one_that_nobody_can_add_or_take_away():
    drive = Scenario(intervention=(Intervention("police_drive", 0, TYPES),))
    alarms = {cause: ([], []) for cause in ("sensor", "harm")}
    for which in range(12):
        for at, scenario in enumerate((Scenario(), drive)):
            drawn = incidents.draw(make_world(which, scenario, 365, 1), False)
            for received, kind, cause in zip(
                drawn.rows["Received"].to_pylist(),
                drawn.rows["Opening Code"].to_pylist(),
                drawn.truth["incidents"]["cause"].to_pylist(),
                strict=True,
            ):
                if kind == "INTRUDER ALARM":
                    alarms[cause][at].append((which, received))
    assert alarms["sensor"][0] == alarms["sensor"][1]
    assert len(alarms["harm"][0]) > len(alarms["harm"][1]) > 0


def test_leaving_out_texts_leaves_every_other_column_as_it_is():
    world = make_world(2, Scenario(), 60, 3)
    with_texts, plain = incidents.draw(world, True).rows, incidents.draw(world, False).rows
    assert with_texts.drop_columns("Log Text").equals(plain)


def test_episodes_are_as_the_truth_says():
    world = make_world(0, load_scenario("bogus-calls"), 365, 2)
    drawn = incidents.draw(world, True)
    truth, episodes = drawn.truth["incidents"], drawn.truth["episodes"]
    assert episodes.num_rows == 24
    assert set(episodes["stealth"].to_pylist()) == {"S0", "S1", "S2", "S3", "S4"}
    text = dict(zip(drawn.rows["Log Ref"].to_pylist(), drawn.rows["Log Text"].to_pylist(), strict=True))
    for one in episodes.to_pylist():
        mine = truth.filter(pc.equal(truth["episode"], one["episode"]))
        calls = mine.filter(pc.equal(mine["cause"].cast(pa.string()), "episode"))["incident_id"].to_pylist()
        assert len(calls) == one["incidents"]
        minutes = (one["last_at"] - one["first_at"]).total_seconds() / 60
        assert minutes <= (1440 if one["stealth"] == "S4" else 90)
        said = {text[call] for call in calls if text[call]}
        if one["stealth"] == "S0":
            assert len(said) <= 1
        if one["purpose"] == "divert":
            there = (one["target_at"] - one["first_at"]).total_seconds() / 60
            assert 0 < there < 61
            assert one["target_area"] not in one["areas"]
        else:
            assert one["target_area"] is None


@pytest.fixture(scope="module")
def bogus_and_matched():
    """Bogus calls, and for each an ordinary one of the same kind, burgh and part of the day."""
    scenario = Scenario(episodes_per_year=120, mischief_per_year=0)
    draw, parts, labels = np.random.default_rng(0), [], []
    for which in range(6):
        drawn = incidents.draw(make_world(which, scenario, 365, 9), True)
        rows, cause = drawn.rows, np.array(drawn.truth["incidents"]["cause"].to_pylist())
        kind = np.array(rows["Opening Code"].to_pylist())
        quarter = pc.hour(rows["Received"]).to_numpy() // 4
        cell = np.char.add(kind.astype(str), quarter.astype(str))
        for name in np.unique(cell[cause == "episode"]):
            bogus = np.flatnonzero((cell == name) & (cause == "episode"))
            honest = np.flatnonzero((cell == name) & np.isin(cause, ("ordinary", "harm")))
            n = min(len(bogus), len(honest))
            parts += [rows.take(bogus[:n]), rows.take(draw.choice(honest, n, replace=False))]
            labels += [np.ones(n), np.zeros(n)]
    return pa.concat_tables(parts), np.concatenate(labels)


def test_ids_spacing_and_rounding_do_not_tell_a_bogus_call(bogus_and_matched):
    rows, bogus = bogus_and_matched
    assert len(bogus) > 4000
    numbers = rows["Log Ref"].to_numpy()
    received = rows["Received"].to_numpy().astype(np.int64)
    features = np.column_stack(
        [numbers % 2, numbers % 3, numbers % 10, numbers % 7, received % 60, received // 60 % 60,
         np.round(rows["Lat"].to_numpy() * 1e4) % 10, np.round(rows["Long"].to_numpy() * 1e4) % 10,
         pc.utf8_length(rows["Log Text"]).to_numpy(), rows["Grade"].to_numpy()]
    )  # fmt: skip
    model = HistGradientBoostingClassifier(max_iter=40, random_state=0)
    told = cross_val_predict(model, features, bogus, cv=3, method="predict_proba")[:, 1]
    # The standard error of an AUC of 0.5 over so many rows is below 0.01.
    assert roc_auc_score(bogus, told) < 0.54


def test_the_words_of_one_call_do_not_tell_that_it_is_bogus(bogus_and_matched):
    rows, bogus = bogus_and_matched
    # Copies of one text are told by being copies, which is honest: each text is looked at once.
    texts = np.array(rows["Log Text"].to_pylist())
    _, once = np.unique(texts, return_index=True)
    words = HashingVectorizer(n_features=2**13, ngram_range=(1, 2)).transform(texts[once])
    told = cross_val_predict(
        SGDClassifier(loss="log_loss", alpha=1e-5, random_state=0),
        words,
        bogus[once],
        cv=4,
        method="decision_function",
    )
    assert roc_auc_score(bogus[once], told) < 0.56


def test_response_times_do_not_tell_the_first_bogus_call():
    """Busy hours slow everybody, so a first bogus call, which no other has slowed, waits as any does."""
    scenario, draw = Scenario(episodes_per_year=100, mischief_per_year=0), np.random.default_rng(0)
    features, bogus = [], []
    for which in range(4):
        drawn = incidents.draw(make_world(which, scenario, 365, 3), False)
        sent = drawn.rows.filter(pc.is_valid(drawn.rows["First Unit Sent"]))
        truth = drawn.truth["incidents"].filter(pc.is_valid(drawn.rows["First Unit Sent"]))
        steps = [sent[name].to_numpy().astype(np.int64) for name in ("Received", *_STEPS)]
        mine = np.column_stack(
            [*np.diff(steps, axis=0), sent["Grade"].to_numpy(), sent["No. Of Units"].to_numpy()]
        )
        nothing = np.isin([one[:2] for one in sent["Disposal"].to_pylist()], ("NT", "NF", "FG"))
        cause, kind = (np.array(one.to_pylist()) for one in (truth["cause"], sent["Opening Code"]))
        _, first = np.unique(truth["episode"].fill_null(-1).to_numpy(), return_index=True)
        first = [one for one in first[1:] if nothing[one] and cause[one] == "episode"]
        honest = np.flatnonzero(nothing & np.isin(cause, ("ordinary", "harm")))
        for one in first:
            matched = draw.choice(honest[kind[honest] == kind[one]])
            features += [mine[one], mine[matched]]
            bogus += [1, 0]
    assert len(bogus) > 400
    model = HistGradientBoostingClassifier(max_iter=30, random_state=0)
    told = cross_val_predict(model, np.array(features), bogus, cv=3, method="predict_proba")[:, 1]
    # The standard error of an AUC of 0.5 over four hundred is below 0.03.
    assert roc_auc_score(bogus, told) < 0.59


_STEPS = ("First Unit Sent", "First Unit At Scene", "Last Unit Clear")
