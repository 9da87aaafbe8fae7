"""What the panel finds on the register's pages, and is told that it finds there."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime

import pytest
from people_factory import signed_in
from registers import HeldRegister
from town_with_panel import Town, last_entry, page

from lippen.site.accounts.models import Notice
from lippen.site.register.alerts import raise_alert
from lippen.site.register.models import Alert
from lippen.site.register.retention import state_policy
from lippen.site.register.sealer import resume_after_restore
from lippen.site.register.unusual import rules_seen


@pytest.fixture
def town(register: HeldRegister) -> Town:  # noqa: ARG001
    return Town()


def test_the_panel_sees_alerts_and_is_led_to_the_readings(town: Town) -> None:
    number = town.read(town.ailsa, town.bob)
    now = datetime.now(UTC)
    raise_alert(
        Alert(
            made_at=now,
            rule="volume",
            reader=town.ailsa.ref,
            organisation=town.homes.ref,
            first_at=now,
            last_at=now,
            readings=41,
            reason="41 records in a day; the busiest day of the 8 weeks before had 10.",
        )
    )
    client = signed_in(town.jean)
    text = page(client, "/register/unusual/")
    assert "41 records in a day" in text
    assert "Ailsa Reid, Homes" in text
    assert last_entry()[2] == {"staff": {town.ailsa.ref}}
    answer = client.get("/register/unusual/").content.decode()
    link = re.search(r'href="(/register/\?reader[^"]+)"', answer)
    assert link is not None
    assert f'href="/register/{number}/"' in client.get(link[1].replace("&amp;", "&")).content.decode()


def test_the_page_says_of_each_rule_how_often_it_errs_and_which_cannot_fire_yet(town: Town) -> None:
    text = page(signed_in(town.jean), "/register/unusual/")
    for rule in rules_seen():
        assert html.escape(rule.title) in text
        assert html.escape(rule.fires) in text
    assert text.count("Not yet") == 2
    assert "No part of this site holds homes yet" in text
    assert "holds concerns, joint visits or statements yet" in text


def test_the_panel_reads_on_the_register_from_when_on_less_is_kept(
    town: Town, register: HeldRegister
) -> None:
    words = "is to keep its lines for a shorter time"
    client = signed_in(town.jean)
    assert words not in page(client, "/register/")
    register.settings.REGISTER_KEEP_MONTHS = 12
    state_policy()
    ((path,),) = Notice.objects.filter(person=town.jean).values_list("path")
    text = page(client, path)
    assert words in text
    assert "it keeps them for 12 months. It keeps them for 72 months now." in text
    assert words not in page(signed_in(town.ailsa), "/register/")
    register.settings.REGISTER_KEEP_MONTHS = 72
    state_policy()
    assert words not in page(client, "/register/")


def test_the_panel_is_told_of_a_new_seal_key_beside_what_else_waits_and_reads_which_it_is(
    town: Town, register: HeldRegister
) -> None:
    register.settings.REGISTER_KEEP_MONTHS = 12
    state_policy()
    register.rotate("a <drawer> was found open")
    assert Notice.objects.filter(person=town.jean).count() == 2
    assert not Notice.objects.filter(person=town.ailsa).exists()
    (notice,) = Notice.objects.filter(person=town.jean, path="/register/#seal-key")
    assert "Ask for the new seal.pub by hand" in notice.says
    client = signed_in(town.jean)
    opened = client.post(f"/you/waiting/{notice.ref}/")
    assert opened["Location"] == "/register/#seal-key"
    answer = client.get("/register/").content.decode()
    assert '<div id="seal-key">' in answer
    assert "a &lt;drawer&gt; was found open" in answer
    assert register.settings.KEYS.seal.public_bytes().hex()[:16] in answer
    assert 'id="seal-key"' not in signed_in(town.ailsa).get("/register/").content.decode()


def test_the_panel_is_told_that_a_restore_lost_lines_and_reads_which(
    town: Town, register: HeldRegister
) -> None:
    register.filled(checkpoints=3)
    client = signed_in(town.jean)
    assert 'id="lost"' not in client.get("/register/").content.decode()
    register.seal()
    register.attack("DELETE FROM register_checkpoint WHERE number = 4")
    made = resume_after_restore()
    assert made is not None
    (notice,) = Notice.objects.filter(person=town.jean)
    assert notice.path == "/register/#lost"
    assert "Ask who ordered it" in notice.says
    assert not Notice.objects.filter(person=town.ailsa).exists()
    answer = client.get("/register/").content.decode()
    assert '<div id="lost">' in answer
    words = re.sub(r"<[^>]+>", "", answer)
    assert re.search(
        r"On [^.]+ a backup was put in the register's place: checkpoint 4 is lost, with \d+ lines?\. "
        "Ask who ordered it.",
        words,
    ), words
    assert "let the register go on after a backup was put in its place" in words
    assert 'id="lost"' not in signed_in(town.ailsa).get("/register/").content.decode()
