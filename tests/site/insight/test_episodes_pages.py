"""Episodes on pages: who sees them, what a card says, and that the queue does not say what was flagged."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from judges import Judges, flagged, next_state, shown_last, unflagged, words_of
from people_factory import make_colleague, signed_in

from lippen.brief import words
from lippen.results import SAMPLE
from lippen.site.insight.lake import lake
from lippen.site.insight.place_names import small_area
from lippen.site.register.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)


def test_whoever_holds_the_incidents_finds_the_episodes_and_each_is_entered(judges: Judges) -> None:
    page = judges.client("ann").get("/episodes/")
    assert page.status_code == 200
    listed = re.findall(r'href="/episodes/(ep-[0-9a-f]+)/"', page.content.decode())
    assert listed == flagged()[:25]
    assert listed
    assert shown_last("episode") == set(listed)
    assert words.STANDING_LINE in words_of(page.content)


def test_everybody_else_is_told_why_they_see_none(judges: Judges) -> None:
    for path in ("/episodes/", "/episodes/next/", f"/episodes/{flagged()[0]}/", "/episodes/gone/"):
        page = judges.client("gow").get(path)
        assert page.status_code == 403
        assert "Invermarrow Police holds the incidents, and shares counts." in words_of(page.content)
        assert "ep-" not in page.content.decode()
    worker = signed_in(make_colleague(judges.group, "worker"))
    assert "An episode is for those who can check it" in words_of(worker.get("/episodes/").content)
    sent = judges.client("gow").post(f"/episodes/{flagged()[0]}/", {"verdict": "real"})
    assert sent.status_code == 403


def test_a_card_says_all_that_a_briefing_says_and_how_often_it_is_wrong(judges: Judges) -> None:
    first = flagged()[0]
    page = judges.client("ann").get(f"/episodes/{first}/")
    said = words_of(page.content)
    row = next(one for one in lake().result("episodes").to_pylist() if one["episode_id"] == first)
    areas = [small_area(one) for one in row["areas"][:5]]
    assert all(one.startswith("small area ") for one in areas), "a code has no name of its own"
    for text in (*row["reasons"], *row["innocent"], *row["checks"], *areas, *row["kinds"][:5]):
        assert text in said
    assert words.strength(row["q_value"]) in said
    facts = lake().facts()
    assert facts is not None
    assert words.budget(facts["credibility"]) in said
    assert "How many true ones are missed was not measured on these incidents" in said
    assert "Chance was measured on 39 shuffled copies" in said
    assert words.STANDING_LINE in said
    assert 'class="chart strip"' in page.content.decode()
    assert shown_last("episode") == {first}


def test_its_incidents_are_listed_for_whoever_sees_incidents_and_each_is_entered(judges: Judges) -> None:
    first = flagged()[0]
    members = {
        one["incident_id"]
        for one in lake().result("episode_incidents").to_pylist()
        if one["episode_id"] == first
    }
    page = judges.client("ann").get(f"/episodes/{first}/").content.decode()
    listed = dict(re.findall(r'<a href="(/incidents/list/[^"]+)">([^<]+)</a>', page))
    assert set(listed.values()) <= members
    assert len(re.findall(r'<a href="/incidents/list/', page)) == len(members)
    assert shown_last("incident") == members
    path = next(iter(listed)).replace("&amp;", "&")
    assert judges.client("ann").get(path).status_code == 200
    assert listed[next(iter(listed))] in shown_last("incident"), "the link leads to where it is listed"


def test_who_sees_episodes_and_no_incidents_finds_no_number_of_one(judges: Judges) -> None:
    planner = signed_in(make_colleague(judges.police, "co-ordinator"))
    first = flagged()[0]
    page = planner.get(f"/episodes/{first}/")
    if page.status_code == 403:
        pytest.fail("a co-ordinator of the holder sees episodes")
    assert "/incidents/list/" not in page.content.decode()
    assert shown_last("incident") == set()


def test_the_list_is_narrowed_by_state_days_and_order(judges: Judges) -> None:
    client = judges.client("ann")
    rows = {one["episode_id"]: one for one in lake().result("episodes").to_pylist()}
    newest = re.findall(
        r'href="/episodes/(ep-[0-9a-f]+)/"', client.get("/episodes/?order=newest&state=all").content.decode()
    )
    firsts = [rows[one]["first_at"] for one in newest]
    assert firsts == sorted(firsts, reverse=True)
    decided = flagged()[0]
    client.post(f"/episodes/{decided}/", {"verdict": "innocent"})
    open_ones = client.get("/episodes/?state=open").content.decode()
    assert f"/episodes/{decided}/" not in open_ones
    done = re.findall(
        r'href="/episodes/(ep-[0-9a-f]+)/"', client.get("/episodes/?state=decided").content.decode()
    )
    assert done == [decided]
    day = rows[decided]["first_local"][:10].split("-")
    asked = "&".join(
        f"{end}_{part}={value}"
        for end in ("since", "until")
        for part, value in zip(("year", "month", "day"), day, strict=True)
    )
    of_day = client.get(f"/episodes/?state=all&{asked}").content.decode()
    assert set(re.findall(r'href="/episodes/(ep-[0-9a-f]+)/"', of_day)) == {
        one for one, row in rows.items() if row["first_local"][:10] == "-".join(day)
    }


@pytest.mark.parametrize(
    "query",
    [
        "state=nonsense",
        "order=q_value",
        "since_day=99&since_month=1&since_year=2025",
        "since_day=2&since_month=1&since_year=2025&until_day=1&until_month=1&until_year=2025",
        "page=0&page=-7&page=x",
        "state=%00",
    ],
)
def test_whatever_the_list_is_asked_it_answers_and_never_breaks(judges: Judges, query: str) -> None:
    assert judges.client("ann").get(f"/episodes/?{query}").status_code in {200, 400}


@pytest.mark.parametrize("given", ["ep-0000000000000000", "a" * 300, "x"])
def test_what_is_no_episode_is_not_found_and_the_asking_is_entered(judges: Judges, given: str) -> None:
    client = judges.client("ann")
    before = Entry.objects.count()
    assert client.get(f"/episodes/{given}/").status_code == 404
    assert client.get(f"/episodes/{given}/note/").status_code == 404
    assert client.get(f"/episodes/{given}/reopen/").status_code == 404
    assert Entry.objects.count() >= before + 2


def test_the_queue_mixes_both_and_says_of_neither_what_it_is(judges: Judges) -> None:
    client = judges.client("ann")
    assert unflagged(), "the town's lake has a sample"
    both, after, pages = set(), "", {}
    for _ in range(len(flagged()) + len(unflagged())):
        page = client.get(f"/episodes/next/?after={after}").content.decode()
        (after,) = re.findall(r'name="episode" value="(ep-[0-9a-f]+)"', page)
        both.add(after)
        pages[after] = page
        assert shown_last("episode") == {after}
    assert both == {*flagged(), *unflagged()}
    for page in pages.values():
        said = words_of(re.findall(r"<article.*</article>", page, re.S)[0].encode())
        assert "pisode" not in said
        for telling in ("stands out", "may be chance", "Not flagged", "of episodes at least this strong"):
            assert telling not in said
        assert "iversion" not in said
        assert "Why they may belong together" in said
    made = {re.sub(r"[^<>]*(?=<)", "", _head(page)) for page in pages.values()}
    assert len(made) == 1, "down to its marks the head of a card is the same for both"


def test_where_no_other_group_could_be_drawn_nobody_is_told_that_some_were(
    judges: Judges, lake_of_town: Path
) -> None:
    client = judges.client("ann")
    pages = ("/episodes/next/", "/episodes/", "/today/")
    assert all("drawn at random" in words_of(client.get(page).content) for page in pages)
    next_state(lake_of_town / "lake", {SAMPLE["episodes"]: lambda table: table.slice(0, 0)})
    for page in pages:
        said = words_of(client.get(page).content)
        assert "there was no other group to draw" in said, page
        assert "some were drawn" not in said
        assert "some drawn" not in said


def _head(page: str) -> str:
    found = re.search(r'<article class="card".*?<p class="where">', page, re.S)
    assert found is not None
    return found[0]


def test_one_is_told_after_deciding_and_the_sample_counts_as_one(judges: Judges) -> None:
    client = judges.client("ann")
    for asked, telling in ((unflagged()[0], "had not been flagged"), (flagged()[0], "had been flagged")):
        answer = client.post("/episodes/next/", {"episode": asked, "verdict": "innocent"}, follow=True)
        assert answer.redirect_chain == [(f"/episodes/{asked}/", 302)]
        assert telling in words_of(answer.content)
    page = words_of(client.get(f"/episodes/{unflagged()[0]}/").content)
    assert "Drawn at random" in page


def test_a_sampled_group_opened_by_its_address_is_no_less_blind(judges: Judges) -> None:
    page = words_of(judges.client("ann").get(f"/episodes/{unflagged()[0]}/").content)
    assert "A group of incidents" in page
    assert "Drawn at random" not in page
    assert "Not flagged" not in page


def test_nothing_is_flagged_before_anything_was_reckoned(transactional_db: None) -> None:  # noqa: ARG001
    judges = Judges()
    for path in ("/episodes/", "/episodes/next/", "/episodes/gone/"):
        page = judges.client("ann").get(path)
        assert page.status_code == 200
        assert "Nothing was looked for yet" in words_of(page.content)
