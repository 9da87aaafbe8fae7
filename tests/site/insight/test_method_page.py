"""The page Method: what the model knows, how often it is wrong, and no count for who sees no episodes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pyarrow as pa
import pytest
from judges import Judges, flagged, next_state, unflagged, words_of
from people_factory import make_colleague, signed_in

from lippen.brief import words
from lippen.brief.doubt import doubt
from lippen.results import FACTS
from lippen.signals import load_kind
from lippen.site.insight import episodes
from lippen.site.insight.lake import lake
from lippen.site.insight.method_words import KNOWS
from lippen.site.insight.models import ImportJob, ImportState
from lippen.site.register.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_column_of_an_export_is_accounted_for_once() -> None:
    named = [column for _, columns, _ in KNOWS for column in columns]
    assert sorted(named) == sorted(load_kind("incident").schema().names)


def test_whoever_sees_episodes_reads_the_whole_of_it(judges: Judges) -> None:
    page = judges.client("ann").get("/method/")
    assert page.status_code == 200
    said, facts = words_of(page.content), lake().facts()
    assert facts is not None
    tables = {name: lake().result(name) for name in ("calibration", "calibration_month")}
    told = doubt(facts, tables)
    assert told["ranking"] in said
    assert told["calibration_words"] in said
    for row in (*told["months"], *told["bins"]):
        assert row[1] in said
    for sentence in told["unknowns"]:
        assert str(sentence.striptags()) in said
    assert "cannot tell" in said
    assert str(facts["seed"]) in said
    for name, version in (facts["versions"] or {}).items():
        assert f"{name} {version}" in said
    assert page.content.decode().count('role="img"') >= 3, "the ladder, the dots and the months are drawn"
    assert Entry.objects.latest("pk").what == "how assessment works"


def test_terms_of_the_trade_stand_in_brackets_or_behind_a_fold(judges: Judges) -> None:
    page = judges.client("ann").get("/method/").content.decode().partition("<main")[2]
    said = words_of(re.sub(r"<details\b.*?</details>", " ", page, flags=re.S).encode())
    plain = re.sub(r"\([^()]*\)", " ", said)
    for term in ("AUC", "Brier", "calibration", "bin", "seed", "Krippendorff", "alpha", "observed"):
        assert not re.search(rf"\b{term}\b", plain, re.I), term
    assert "(calibration)" in said, "whoever knows the term finds it"


def test_fairness_by_area_has_intervals_and_says_where_it_cannot_tell(judges: Judges) -> None:
    said = words_of(judges.client("ann").get("/method/").content)
    facts = lake().facts()
    assert facts is not None
    assert facts["credibility"] is not None
    groups = facts["credibility"]["fairness"]
    assert groups
    for group in groups:
        assert group["area_group"] in said
    assert "That is not the same as “fair”." in said
    counts = facts["credibility"]["episodes"]
    assert counts is not None
    copies = f"Counted over {counts['replicates']} shuffled copies"
    assert said.index(copies) < said.index("False episodes in all copies"), "a rate says of how many"


def test_everybody_else_gets_no_count_no_area_and_no_month(judges: Judges) -> None:
    facts = lake().facts()
    assert facts is not None
    for role in ("co-ordinator", "worker", "researcher", "analyst"):
        page = signed_in(make_colleague(judges.group, role)).get("/method/")
        assert page.status_code == 200, role
        said = words_of(page.content)
        assert words.how_often_wrong(facts["credibility"]) in said
        assert "What you do not see here" in said
        for hidden in (*_areas(), *_months(), *_counts()):
            assert not re.search(rf"\b{re.escape(hidden)}\b", said), f"{role} reads {hidden}"
        assert "found" not in _episode_count_sentence(said)


def _areas() -> list[str]:
    return [one["area_group"] for one in lake().result("fairness").to_pylist()]


def _months() -> list[str]:
    return [one[0] for one in doubt(lake().facts(), _tables())["months"]]  # type: ignore[arg-type]


def _counts() -> list[str]:
    facts = lake().facts()
    assert facts is not None
    assert facts["credibility"] is not None
    assert facts["credibility"]["model"] is not None
    tested = facts["credibility"]["model"]["incidents"]
    rows = [*lake().result("calibration").to_pylist(), *lake().result("fairness").to_pylist()]
    counts = [tested, *(one["incidents"] for one in rows)]
    return [f"{one:,}" for one in counts if one is not None and one > 99]


def _tables() -> dict[str, pa.Table]:
    return {name: lake().result(name) for name in ("calibration", "calibration_month")}


def _episode_count_sentence(said: str) -> str:
    return " ".join(re.findall(r"[^.]*episodes? w(?:as|ere)[^.]*\.", said))


def test_what_people_said_is_told_of_both_once_it_gives_nobody_away(judges: Judges) -> None:
    client = judges.client("cat")
    ann, bob = judges.acting("ann"), judges.acting("bob")
    episodes.decide(ann, flagged()[0], "real", "")
    assert "too few to tell" in words_of(client.get("/method/").content)
    for one in flagged()[1:6]:
        episodes.decide(ann, one, "innocent", "")
        episodes.decide(bob, one, "innocent", "")
    for one in unflagged():
        episodes.decide(ann, one, "innocent", "")
    said = words_of(client.get("/method/").content)
    many = min(6, len(flagged()))
    assert f"Flagged as an episode {many}" in said
    assert f"Not flagged, drawn at random {len(unflagged())}" in said
    assert "judged by two people or more" in said
    assert "we cannot tell" in said, "of so few no coefficient is given"
    assert "Krippendorff" in said


def test_a_suspended_assessment_shows_no_episode_and_says_why(judges: Judges, lake_of_town: Path) -> None:
    first = flagged()[0]
    _suspend(lake_of_town / "lake", "In 2025-08 the model expected 30 in 100 and 55 did.")
    client = judges.client("ann")
    for path in ("/episodes/", "/episodes/next/", f"/episodes/{first}/", f"/episodes/{first}/note/"):
        said = words_of(client.get(path).content)
        assert "Assessment has suspended itself" in said, path
        assert "In 2025-08 the model expected 30 in 100" in said, path
        assert first not in said
    assert "Assessment has suspended itself" in words_of(client.get("/method/").content)


def test_a_suspended_assessment_names_the_import_that_came_in_last_and_the_way_back(
    judges: Judges, lake_of_town: Path
) -> None:
    (newest,) = lake().imports()
    _suspend(
        lake_of_town / "lake", "It fits no more: choose a later --since, so that newer days are learned from."
    )
    pages = ("/today/", "/episodes/", "/method/")
    for path in pages:
        said = words_of(judges.client("ann").get(path).content)
        assert "What came in last was brought in by whoever runs this site" in said, path
        assert "--since" not in said, "no page has it"
    job = ImportJob.objects.create(
        kind="incident",
        organisation=judges.police.ref,
        by=judges.ann.ref,
        name="another <town>.csv",
        size_bytes=10,
        digest="0" * 64,
        state=ImportState.DONE,
        import_id=newest.import_id,
    )
    for path in pages:
        page = judges.client("ann").get(path).content
        assert "The import that came in last is “another <town>.csv”" in words_of(page), path
        assert "take it back: everything is then worked out without it" in words_of(page), path
        assert path == "/today/" or f'href="/imports/{job.ref}/"' in page.decode(), path
        said = words_of(judges.client("cat").get(path).content)
        assert "Whoever brings incidents in for Invermarrow Police can open it" in said, "an officer may not"
        assert "another <town>.csv" not in said, path
    assert "another <town>.csv" not in words_of(judges.client("gow").get("/method/").content)


def _suspend(lake_folder: Path, why: str) -> None:
    """Reckon as if the model no longer held."""

    def suspended(facts: pa.Table) -> pa.Table:
        told = json.loads(facts["json"][0].as_py())
        told["credibility"]["suspended"] = why
        return pa.table({"json": [json.dumps(told)]})

    next_state(lake_folder, {FACTS: suspended})


def test_before_anything_was_reckoned_it_says_so(transactional_db: None) -> None:  # noqa: ARG001
    said = words_of(Judges().client("ann").get("/method/").content)
    assert "Nothing was looked for yet" in said


def test_columns_are_called_in_words_and_not_by_the_names_of_a_table(judges: Judges) -> None:
    said = words_of(judges.client("ann").get("/method/").content)
    assert "Whether it is the police's own activity" in said
    names = [column for _, columns, _ in KNOWS for column in columns if "_" in column]
    assert not [name for name in names if name in said]
