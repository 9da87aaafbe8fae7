"""Decisions: people judge apart, nothing is learned from it, and what was said is never lost."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from judges import Judges, flagged, next_state, shown_last, unflagged, words_of

from lippen.credibility import Settings
from lippen.engine import connect
from lippen.manifest import Manifest
from lippen.progress import Stages
from lippen.reckoning import reckon
from lippen.results import FACTS
from lippen.site.insight import episodes, judged
from lippen.site.insight.episodes import DecisionRefused, EpisodeUnknown
from lippen.site.insight.models import Decision
from lippen.site.insight.services import erase_decisions
from lippen.site.register.models import Act, Entry
from lippen.workspace import Workspace

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_decision_is_kept_with_its_note_and_entered(judges: Judges) -> None:
    first = flagged()[0]
    client = judges.client("ann")
    sent = {"verdict": "innocent", "note": "It was the storm of that night."}
    answer = client.post(f"/episodes/{first}/", sent, follow=True)
    assert answer.status_code == 200
    kept = Decision.objects.get()
    assert (kept.episode_id, kept.verdict, kept.note) == (first, "innocent", sent["note"])
    assert (kept.by, kept.organisation, kept.sample) == (judges.ann.ref, judges.police.ref, False)
    entry = Entry.objects.get(act=Act.ALTERATION)
    assert entry.what == "a decision on an episode"
    assert "innocent" not in f"{entry.what} {entry.purpose}", "the register gives no colleague's word away"
    assert list(entry.shown.values_list("data_class", "record")) == [("episode", first)]
    assert "It was the storm" in words_of(answer.content)


def test_what_others_said_is_shown_only_once_one_has_said_it_oneself(judges: Judges) -> None:
    first = flagged()[0]
    judges.client("ann").post(f"/episodes/{first}/", {"verdict": "real", "note": "Nobody was there."})
    bob = judges.client("bob")
    before = bob.get(f"/episodes/{first}/")
    assert "Ann Orr" not in words_of(before.content)
    assert "Nobody was there" not in before.content.decode()
    assert "Ann Orr" not in words_of(bob.get("/episodes/?state=all").content)
    after = bob.post(f"/episodes/{first}/", {"verdict": "innocent"}, follow=True)
    said = words_of(after.content)
    assert "Ann Orr" in said
    assert "Nobody was there" in said
    assert "Those who judged it differ: one said “looks real” and one said “looks innocent”." in said
    assert shown_last("staff") == {judges.ann.ref}


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"verdict": ""},
        {"verdict": "reopened"},
        {"verdict": "guilty"},
        {"verdict": "real", "note": "x" * 2001},
        {"verdict": "real", "note": "a\0b"},
    ],
)
def test_what_cannot_be_a_decision_is_refused_with_the_reason(judges: Judges, sent: dict[str, str]) -> None:
    answer = judges.client("ann").post(f"/episodes/{flagged()[0]}/", sent)
    assert answer.status_code == 422
    assert "There is a problem" in words_of(answer.content)
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    ("note", "what"),
    [
        ("Ring him on 01234 567890.", "a telephone number"),
        ("Ask jean@example.org", "an e-mail address"),
        ("It was Mr gow again", "a name after a title"),
        ("We think that Jean Gow rang.", "a name of two words"),
    ],
)
def test_a_note_that_seems_to_name_somebody_is_taken_only_once_its_writer_says_it_does_not(
    judges: Judges, note: str, what: str
) -> None:
    client, path = judges.client("ann"), f"/episodes/{flagged()[0]}/"
    warned = client.post(path, {"verdict": "real", "note": note})
    assert warned.status_code == 422
    assert what in words_of(warned.content)
    assert 'type="checkbox" name="sure"' in warned.content.decode()
    assert not Decision.objects.exists()
    assert client.post(path, {"verdict": "real", "note": note, "sure": "on"}).status_code == 302
    assert Decision.objects.get().note == note


def test_places_days_and_ordinary_sentences_need_no_tick(judges: Judges) -> None:
    note = "Calls from High Street on Friday January nights. The Fair was on; nobody rang twice."
    answer = judges.client("ann").post(f"/episodes/{flagged()[0]}/", {"verdict": "real", "note": note})
    assert answer.status_code == 302


def test_one_decides_once_and_reopens_with_a_reason(judges: Judges) -> None:
    first = flagged()[0]
    client = judges.client("ann")
    client.post(f"/episodes/{first}/", {"verdict": "real"})
    again = client.post(f"/episodes/{first}/", {"verdict": "innocent"})
    assert again.status_code == 422
    with pytest.raises(DecisionRefused, match="decided this already"):
        episodes.decide(judges.acting("ann"), first, "innocent", "")
    assert client.post(f"/episodes/{first}/reopen/", {"note": "  "}).status_code == 422
    assert client.post(f"/episodes/{first}/reopen/", {"note": "The log of units came."}).status_code == 302
    assert client.post(f"/episodes/{first}/", {"verdict": "innocent"}).status_code == 302
    history = words_of(client.get(f"/episodes/{first}/").content)
    assert "The log of units came." in history
    assert list(Decision.objects.order_by("pk").values_list("verdict", flat=True)) == [
        "real",
        "reopened",
        "innocent",
    ]
    assert Entry.objects.filter(what="an episode reopened").count() == 1


def test_whoever_said_nothing_takes_nothing_back(judges: Judges) -> None:
    first = flagged()[0]
    with pytest.raises(DecisionRefused, match="said nothing"):
        episodes.reopen(judges.acting("ann"), first, "because")
    assert judges.client("ann").get(f"/episodes/{first}/reopen/").status_code == 404


def test_what_a_colleague_reopened_is_asked_again(judges: Judges) -> None:
    first = flagged()[0]
    for name in ("ann", "bob"):
        episodes.decide(judges.acting(name), first, "real", "")
    episodes.reopen(judges.acting("ann"), first, "Weather came in late")
    bob = judges.client("bob")
    assert 'name="verdict"' in bob.get(f"/episodes/{first}/").content.decode()
    assert bob.post(f"/episodes/{first}/", {"verdict": "innocent"}).status_code == 302
    assert 'name="verdict"' not in bob.get(f"/episodes/{first}/").content.decode()


def test_nobody_decides_for_the_sample_by_naming_it_flagged_or_on_what_is_not_there(judges: Judges) -> None:
    ann = judges.acting("ann")
    assert episodes.decide(ann, unflagged()[0], "innocent", "")
    assert not episodes.decide(ann, flagged()[0], "innocent", "")
    assert set(Decision.objects.filter(sample=True).values_list("episode_id", flat=True)) == {unflagged()[0]}
    with pytest.raises(EpisodeUnknown):
        episodes.decide(ann, "ep-0000000000000000", "real", "")
    with pytest.raises(PermissionError, match="Invermarrow Police holds"):
        episodes.decide(judges.acting("gow"), flagged()[0], "real", "")
    sent = {"episode": "ep-0000000000000000", "verdict": "real"}
    assert judges.client("bob").post("/episodes/next/", sent).status_code == 302
    assert Decision.objects.count() == 2


def test_rows_are_only_added_and_the_newest_of_each_person_counts(judges: Judges) -> None:
    first = flagged()[0]
    ann = judges.acting("ann")
    episodes.decide(ann, first, "real", "")
    episodes.reopen(ann, first, "Later news")
    assert judged.standing_words(Decision.objects.all()) == {}
    episodes.decide(ann, first, "cannot-tell", "")
    (counted,) = judged.standing_words(Decision.objects.all()).values()
    assert counted.verdict == "cannot-tell"
    assert Decision.objects.count() == 3
    assert erase_decisions(first) == 3


def test_what_is_found_no_longer_keeps_what_was_said_of_it(judges: Judges, lake_of_town: Path) -> None:
    first, sampled = flagged()[0], unflagged()[0]
    for name in ("ann", "bob"):
        episodes.decide(judges.acting(name), first, "real", "Three streets at once")
    episodes.decide(judges.acting("ann"), sampled, "innocent", "")
    _find_no_longer(lake_of_town / "lake", {"episodes": first, "unflagged_sample": sampled})
    client = judges.client("ann")
    assert client.get(f"/episodes/{first}/").status_code == 404
    page = client.get("/episodes/gone/")
    said = words_of(page.content)
    assert first in said
    assert "Bob Kerr" in said
    assert "Three streets at once" in said
    assert "A group that was not flagged" in said
    assert shown_last("episode") == {first, sampled}
    assert shown_last("staff") == {judges.bob.ref}
    assert "Everything that you judged" in words_of(judges.client("cat").get("/episodes/gone/").content)
    assert client.post(f"/episodes/{first}/reopen/", {"note": "Found no longer"}).status_code == 302


def _find_no_longer(lake: Path, ids: dict[str, str]) -> None:
    def without(episode_id: str) -> Callable[[pa.Table], pa.Table]:
        return lambda rows: rows.filter(pc.not_equal(rows["episode_id"], episode_id))

    next_state(lake, {table: without(one) for table, one in ids.items()})


def test_what_reckons_reads_no_decision(judges: Judges, lake_of_town: Path, reckoned_lake: Path) -> None:
    """Everybody calls everything innocent, and the very same episodes are found again."""
    for one in (*flagged(), *unflagged()):
        episodes.decide(judges.acting("ann"), one, "innocent", "")
    with connect() as engine:
        workspace = Workspace.open(lake_of_town, engine)
        reckon(workspace, Settings(), Stages(quiet=True), "Invermarrow")
        after = {name: engine.collect(workspace.result(name)) for name in workspace.results()}
    before = Manifest.read(reckoned_lake)
    assert before.results.keys() == after.keys()
    for name, file in before.results.items():
        if name != FACTS:  # they hold the time of day
            assert pq.read_table(reckoned_lake / file).to_pylist() == after[name].to_pylist(), name


def test_what_reckons_knows_no_database_of_decisions() -> None:
    program = (
        "import sys, lippen.reckoning; "
        "print([one for one in sys.modules if one.split('.')[0] in ('django', 'psycopg')])"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
