"""Today: what needs somebody now, by role; empty on a good day, and saying so."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from judges import Judges, flagged, unflagged, words_of
from people_factory import make_colleague, signed_in

from lippen.site.insight import episodes, method
from lippen.site.insight.models import ImportJob, ImportState
from lippen.site.register.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)


def needed(client: Client) -> list[tuple[str, str]]:
    """Where each line of the page leads, and its title."""
    page = client.get("/today/")
    assert page.status_code == 200
    (listed,) = re.findall(r'<ul class="today">(.*?)</ul>', page.content.decode(), re.S) or [""]
    return re.findall(r'<a href="([^"]+)">([^<]+)</a>', listed)


def job(judges: Judges, state: str, name: str = "may.csv", digest: str = "0" * 64) -> ImportJob:
    return ImportJob.objects.create(
        kind="incident",
        organisation=judges.police.ref,
        by=judges.ann.ref,
        name=name,
        size_bytes=10,
        digest=digest,
        state=state,
    )


def test_groups_that_one_has_not_judged_wait_and_their_number_tells_nothing_else(judges: Judges) -> None:
    many = len(flagged()) + len(unflagged())
    assert needed(judges.client("ann")) == [("/episodes/next/", f"{many} groups of incidents to judge")]
    for one in (*flagged(), *unflagged())[:-1]:
        episodes.decide(judges.acting("ann"), one, "innocent", "")
    assert needed(judges.client("ann")) == [("/episodes/next/", "1 group of incidents to judge")]


def test_a_good_day_is_empty_and_says_so(judges: Judges) -> None:
    for one in (*flagged(), *unflagged()):
        episodes.decide(judges.acting("ann"), one, "innocent", "")
    page = judges.client("ann").get("/today/")
    assert needed(judges.client("ann")) == []
    assert "Nothing needs you today. That is a good day." in words_of(page.content)


def test_what_a_colleague_reopened_waits_by_itself(judges: Judges) -> None:
    first = flagged()[0]
    for name in ("ann", "bob"):
        for one in (*flagged(), *unflagged()):
            episodes.decide(judges.acting(name), one, "innocent", "")
    episodes.reopen(judges.acting("ann"), first, "New word from the street")
    assert needed(judges.client("bob")) == [
        (f"/episodes/{first}/", "An episode that you judged was reopened"),
    ]


def test_a_pause_that_waits_leads_the_second_person_to_the_switch(judges: Judges) -> None:
    method.pause(judges.acting("ann"), "It looks wrong")
    assert needed(judges.client("bob")) == [("/method/pause/", "Assessment is paused")]
    method.ask_to_lift(judges.acting("ann"))
    assert needed(judges.client("ann")) == [("/method/pause/", "Assessment is paused")]
    waits = [("/method/pause/", "The pause waits for a second person")]
    assert needed(judges.client("bob")) == waits
    assert needed(judges.client("gow")) == waits, "with whatever partner they are"


def test_imports_that_wait_or_failed_are_for_those_who_bring_in(judges: Judges) -> None:
    for one in (*flagged(), *unflagged()):
        episodes.decide(judges.acting("ann"), one, "innocent", "")
    given = job(judges, ImportState.GIVEN, digest="1" * 64)
    failed = job(judges, ImportState.REFUSED, "june.csv")
    assert needed(judges.client("ann")) == [
        (f"/imports/{given.ref}/columns/", "An import waits for its columns to be checked"),
        (f"/imports/{failed.ref}/", "An import was not made"),
    ]
    assert "june.csv" in words_of(judges.client("ann").get("/today/").content)
    assert not [path for path, _ in needed(judges.client("cat")) if "import" in path]
    assert not [path for path, _ in needed(judges.client("gow")) if "import" in path]


def test_an_import_that_was_not_made_stays_until_somebody_sees_to_it(judges: Judges) -> None:
    for one in (*flagged(), *unflagged()):
        episodes.decide(judges.acting("ann"), one, "innocent", "")
    june = job(judges, ImportState.REFUSED, "june.csv", "1" * 64)
    waits = [(f"/imports/{june.ref}/", "An import was not made")]
    other = job(judges, ImportState.DONE, "july.csv", "2" * 64)
    assert needed(judges.client("ann")) == waits, "another file that came in says nothing of this one"
    assert "It stays here until that file is brought in, or somebody cancels" in words_of(
        judges.client("ann").get("/today/").content
    )
    ImportJob.objects.filter(pk=june.pk).update(made_at=june.made_at - timedelta(days=90))
    assert needed(judges.client("ann")) == waits, "however long ago"
    ImportJob.objects.filter(pk=other.pk).update(digest=june.digest)
    assert needed(judges.client("ann")) == [], "the same file came in"
    other.delete()
    assert judges.client("ann").post(f"/imports/{june.ref}/cancel/").status_code == 302
    assert needed(judges.client("ann")) == []


def test_a_name_of_a_file_that_is_a_trap_is_only_shown(judges: Judges) -> None:
    job(judges, ImportState.GIVEN, "../../<img src=x onerror=alert(1)>.csv")
    page = judges.client("ann").get("/today/").content.decode()
    assert "<img" not in page
    assert "&lt;img" in page


def test_a_role_that_sees_no_incident_is_told_what_comes_to_it(judges: Judges) -> None:
    for role in ("worker", "researcher"):
        said = words_of(signed_in(make_colleague(judges.group, role)).get("/today/").content)
        assert "Nothing needs you today" in said
        assert "You see counts over larger areas and quarters" in said
    nobody = signed_in(make_colleague(judges.group))
    assert "You hold no role today" in words_of(nobody.get("/today/").content)


def test_the_page_shows_no_record_so_nothing_is_entered(judges: Judges) -> None:
    before = Entry.objects.count()
    judges.client("ann").get("/today/")
    assert Entry.objects.count() == before
