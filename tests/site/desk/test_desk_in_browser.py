"""A desk at work in two real browsers: keys made, a report opened, a log written, signed off by another
person, an answer sent, the report closed. The site's database and files never hold a word of it before the
sign-off.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import struct
import zlib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as site_settings
from django.utils import timezone
from hybrid_age import NotOpened, open_age, recipient_of, seal_age
from open_desks import envelope, open_desk, own_store, receive
from people_factory import make_colleague, make_organisation, signed_in

from accessible import WCAG, violations
from coming_true import comes_true
from lippen.site.desk.models import AnswerDraft, Decision, DeskKey, Log
from lippen.site.speak.envelope import PACKED, STANZAS, TEXT, unpack
from lippen.site.speak.store import monday

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

    from lippen.site.accounts.models import Person
    from lippen.site.desk.own_desk import OwnDesk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CANARY = "quinquireme"
TOLD = (
    f"The {CANARY} on our stair sells to boys after school, and my cousin saw it from her window on Tuesday."
)
REPLY = "Our kettle is on most mornings, and the biscuits are good."
OWN = "Drugs are being sold to boys near a stair after school hours."


def window(browser: Browser, live_server: LiveServer, person: Person) -> Page:
    """A browser of its own in which this person is signed in; whatever it cannot do fails the test."""
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    sits_at(page, person, live_server.url)
    return page


def sits_at(page: Page, person: Person, site: str) -> None:
    """This person is the one who is signed in."""
    name = site_settings.SESSION_COOKIE_NAME
    session = signed_in(person).cookies[name]
    page.context.add_cookies([{"name": name, "value": session.value, "url": site}])


def device(page: Page, *, prf: bool = True) -> tuple[Any, dict[str, str]]:
    """A device that holds passkeys, and recognises whoever touches it; `prf` when one can wrap a key."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasPrf": prf}
    able = ("hasResidentKey", "hasUserVerification", "isUserVerified", "automaticPresenceSimulation")
    made = tools.send("WebAuthn.addVirtualAuthenticator", {"options": options | dict.fromkeys(able, True)})
    return tools, {"authenticatorId": made["authenticatorId"]}


def choose(page: Page, site: str, way: str) -> None:
    """Make a key that opens in this way, and type the words that were drawn where it takes some."""
    page.goto(f"{site}/desk/key/")
    page.check(f"#make input[value={way}]")
    words = page.text_content("#drawn") or ""
    for field in ("passphrase", "again"):
        if way == "passkey":
            assert page.is_hidden(f"#make input[name={field}]")
        else:
            page.fill(f"#make input[name={field}]", words)
    page.click("#make button[type=submit]")


def make_key(page: Page, site: str) -> str:
    page.goto(f"{site}/desk/key/")
    words = page.text_content("#drawn") or ""
    assert len(words.split()) == 5
    page.fill("#make input[name=passphrase]", words)
    page.fill("#make input[name=again]", words)
    assert violations(page, WCAG) == []
    page.click("#make button[type=submit]")
    page.wait_for_selector("text=Your key is kept")
    return words


def unlock(page: Page, words: str) -> None:
    page.fill("#unlock input[name=passphrase]", words)
    page.click("#unlock button")
    page.wait_for_selector("#opened:not([hidden])")


def report(
    mailbox: dict[str, str] | None,
    *photographs: dict[str, str],
    number: int = 1,
    text: str = TOLD,
    **conditions: Any,
) -> str:
    told = {"together": False, "not_to": ["police"], "not_before": None} | conditions
    answers = {"what": "selling", "where": "Harbour/stair", "when": "week", "going_on": "<i>yes"}
    head = {"v": 1, "kind": "report", "desk": "braeside", "number": number, "language": "en"}
    body = {"answers": answers, "text": text, "conditions": told, "mailbox": mailbox}
    return json.dumps({**head, **body, "photographs": list(photographs)})


def sealed(written: str, *only: str) -> bytes:
    """A report as the resident's page seals it, by another library: to each worker, or to these keys in
    base64 alone, and to throw-away keys.
    """
    known = only or DeskKey.objects.values_list("recipient", flat=True)
    recipients = [base64.b64decode(one) for one in known]
    while len(recipients) < STANZAS:
        recipients.append(recipient_of(secrets.token_bytes(32)))
    text = written.encode()
    return seal_age((len(text).to_bytes(4) + text).ljust(TEXT, b"\0"), recipients)


def sent_photograph(desk: OwnDesk) -> dict[str, str]:
    """A photograph of 2 by 1 that lies sealed at this desk, as its report names it."""
    lines = zlib.compress(b"\0" + b"\x90\x40\x20" * 2)
    parts = [(b"IHDR", struct.pack(">IIBBBBB", 2, 1, 8, 2, 0, 0, 0)), (b"IDAT", lines), (b"IEND", b"")]
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(held)) + name + held + struct.pack(">I", zlib.crc32(name + held))
        for name, held in parts
    )
    number, seed = secrets.token_bytes(16), secrets.token_bytes(32)
    padded = (len(png).to_bytes(4) + png).ljust(TEXT, b"\0")
    whole = seal_age(padded, [recipient_of(seed)])
    own_store().receive_photograph(desk.number, number, whole, timezone.localdate())
    return {"id": number.hex(), "seed": base64.b64encode(seed).decode(), "type": "image/png"}


def test_two_workers_open_write_sign_off_and_answer(browser: Browser, live_server: LiveServer) -> None:
    desk_org = make_organisation("community-group")
    police = make_organisation("police", name="The police")
    homes = make_organisation("housing", name="Homes")
    health = make_organisation("health", name="Health")
    for there, role in ((police, "police-officer"), (homes, "co-ordinator"), (health, "worker")):
        make_colleague(there, role)
    ann, bel = make_colleague(desk_org, "desk"), make_colleague(desk_org, "desk")
    desk = open_desk(desk_org)
    first, second = (window(browser, live_server, one) for one in (ann, bel))
    first_words, second_words = make_key(first, live_server.url), make_key(second, live_server.url)
    assert len(list(desk.folder.glob("*.json"))) == 2

    seed = secrets.token_bytes(32)
    number = secrets.token_bytes(16)
    mailbox = {"id": number.hex(), "recipient": base64.b64encode(recipient_of(seed)).decode()}
    ident = receive(desk, timezone.localdate(), sealed(report(mailbox)))
    authenticator = secrets.token_bytes(32)
    verifier = hashlib.sha256(authenticator).digest()
    own_store().receive_report(desk.number, number, verifier, envelope(), timezone.localdate())
    first.goto(f"{live_server.url}/desk/reports/{ident}/")
    first.fill("#unlock input[name=passphrase]", "not at all these words")
    first.click("#unlock button")
    first.wait_for_selector("text=opens none of your keys")
    unlock(first, first_words)
    assert CANARY in (first.text_content("#words") or "")
    answers = first.text_content("#answers") or ""
    assert "LanguageEnglish" in answers
    for one in (
        "Drugs being sold",
        "Harbour: A shared stair",
        "In the last seven days",
        "<i>yes",
        "The police",
    ):
        assert one in answers
    assert first.is_disabled(f"input[name=partners][value='{police.ref}']")
    assert "The police: the resident said no" in (first.text_content("#log") or "")
    assert first.locator(f"input[name=partners][value='{health.ref}']").count() == 0, (
        "nobody there reads logs"
    )
    assert first.is_checked("input[name=handling][value=C]"), "what the resident asked for makes it so"

    assert first.is_hidden("#follow-up"), "it is the first message"
    assert first.is_hidden("#log_kind"), "one thing at a time"
    assert first.is_hidden("#answer_template")
    first.focus("#log summary")
    first.keyboard.press("Enter")
    first.select_option("#log_kind", "selling")
    first.select_option("#log_area", "Harbour")
    first.fill("#log_text", OWN)
    first.select_option("#log_weeks", "4")
    comes_true(first, "document.querySelector('#log_week').selectedIndex > 0")
    first.select_option("#log_week", f"{monday(timezone.localdate())}")
    first.click("#log form button")
    first.wait_for_selector(".field:has(#log_week) #missing >> text=has not come yet")
    assert first.is_hidden("#gate")
    assert violations(first, WCAG) == []
    first.select_option("#log_weeks", "1")
    first.select_option("#log_gain", "nobody")
    first.check(f"input[name=partners][value='{homes.ref}']")
    first.fill("#log_text", "It sells to boys after school, and my cousin saw it from her window.")
    first.click("#log form button")
    first.wait_for_selector("#findings >> text=stand in the report as well")
    first.fill("#log_text", OWN)
    first.click("#log form button")
    first.wait_for_selector("#gate:not([hidden])")
    assert "Nothing else waits" in (first.text_content("#crowd") or "")
    assert "Say the whole town or four weeks, or wait." in first.inner_text("#findings")
    first.click("#widen")
    first.wait_for_selector("#findings >> text=It says the whole town already. Say four weeks, or wait.")
    assert first.is_hidden("#widen"), "there is nothing wider"
    first.select_option("#log_area", "Harbour")
    first.click("#log form button")
    first.wait_for_selector("#gate:not([hidden])")
    for tick in first.query_selector_all("#findings input"):
        tick.check()
    assert violations(first, WCAG) == []
    first.click("#keep")
    first.wait_for_selector("text=It is kept, sealed")
    assert found_on_disk(CANARY, OWN) == []

    first.click("#answer summary")
    offered = [one.get_attribute("value") for one in first.query_selector_all("#answer_template option")]
    assert "passed-on" not in offered, "the police were named"
    first.select_option("#answer_template", "passed-on-kept-from")
    first.fill("#answer_own_words", "Please find out who it is.")
    first.click("#answer form button")
    first.wait_for_selector("#said:has-text('tick that it is true')")
    assert "What it claims: A log was made" in first.inner_text("#claims")
    first.check("#answer_true")
    first.click("#answer form button")
    first.wait_for_selector("#said:has-text('may ask somebody to find out more')")
    assert "Mend it: it cannot leave so." in first.inner_text("#answer-findings")
    first.click("#keep-answer")
    assert first.is_visible("#answer")
    first.fill("#answer_own_words", "We told the polis that Darren was on the stair.")
    assert not first.is_checked("#answer_true"), "it was said of other words"
    first.check("#answer_true")
    first.click("#answer form button")
    first.wait_for_selector("#answer-findings >> text=“polis”: This speaks of the police")
    findings = first.text_content("#answer-findings") or ""
    assert "“Darren”: This may be somebody's name" in findings
    assert "“stair”: This stands in the report as well" in findings
    first.click("#keep-answer")
    first.wait_for_selector("text=Mend or tick each thing")
    first.select_option("#answer_template", "own-words")
    first.fill("#answer_own_words", REPLY)
    first.click("#answer form button")
    first.wait_for_selector("#said:has-text('Read your words again, and tick that it is true')")
    assert hidden_by_what_is_said(first) == []
    first.check("#answer_true")
    first.click("#answer form button")
    first.wait_for_selector("#answer-findings >> text=The gate found nothing")
    assert violations(first, WCAG) == []
    first.click("#keep-answer")
    first.wait_for_selector("text=Your answer is kept, sealed")
    assert found_on_disk(REPLY) == []
    assert opened_answers(number, authenticator, seed) == [], "one alone sends no words of her own"

    log = Log.objects.get()
    second.goto(f"{live_server.url}/desk/drafts/{log.ref}/")
    unlock(second, second_words)
    assert OWN in (second.text_content("#parts") or "")
    monday_s = monday(timezone.localdate())
    assert f"from {monday_s.day} {monday_s:%B %Y} to" in (second.text_content("#parts") or "")
    assert "Source2: not tested. Everybody begins here" in (second.text_content("#parts") or "")
    assert "Must not see itThe police" in (second.text_content("#answers") or ""), "as the first one saw it"
    second.click("#sign button")
    second.wait_for_selector("text=Tick each thing")
    for tick in second.query_selector_all("#findings input"):
        tick.check()
    second.click("#sign button")
    second.wait_for_selector("text=You signed it off")
    log = Log.objects.get()
    assert (log.state, log.sealed, log.report) == ("signed", "", "")
    assert log.content is not None
    assert log.content["text"] == OWN
    assert log.content["week"] == f"{monday(timezone.localdate())}"
    assert found_on_disk(CANARY) == []
    assert "Not to be passed on to The police." in log.content["conditions"]

    draft = AnswerDraft.objects.get()
    second.goto(f"{live_server.url}/desk/answers/{draft.ref}/")
    unlock(second, second_words)
    assert REPLY in (second.text_content("#text") or "")
    assert CANARY in (second.text_content("#words") or "")
    assert "The police" in (second.text_content("#answers") or ""), "who must not know"
    assert violations(second, WCAG) == []
    second.click("#send button")
    assert second.is_visible("#send"), "it asks whether it is true"
    second.check("#send-true")
    second.click("#send button")
    second.wait_for_selector("text=It is sealed and sent")
    (answer,) = opened_answers(number, authenticator, seed)
    assert answer["desk"] == "braeside"
    assert answer["text"] == REPLY, "own words can go alone"
    assert found_on_disk(REPLY) == []

    first.reload()
    unlock(first, first_words)
    first.click("#answer summary")
    first.select_option("#answer_template", "read")
    first.check("#answer_true")
    first.click("#answer form button")
    first.wait_for_selector("text=It is sealed and sent")
    assert len(opened_answers(number, authenticator, seed)) == 2, "what stands ready one may send alone"
    first.click("#closing summary")
    offered = first.eval_on_selector_all("#close_ground option", "all => all.map(one => one.value)")
    assert offered == ["", "answered", "unreadable"], "it was not sent one way"
    first.select_option("#close_ground", "answered")
    first.click("#ask-to-close button")
    first.wait_for_selector("text=One of them has to agree")
    assert own_store().fetch(desk.number, bytes.fromhex(ident))
    second.goto(f"{live_server.url}/desk/reports/{ident}/")
    unlock(second, second_words)
    assert "It has no photographs" in (second.text_content("#closing") or "")
    assert violations(second, WCAG) == []
    second.click("#agree-to-close button")
    second.wait_for_selector("text=The report is closed and deleted")
    assert own_store().fetch(desk.number, bytes.fromhex(ident)) is None

    again = receive(desk, timezone.localdate(), sealed(report(mailbox, number=3)))
    first.goto(f"{live_server.url}/desk/reports/{again}/")
    unlock(first, first_words)
    first.wait_for_selector("text=answers are stopped")
    assert first.is_hidden("#answer")
    assert "What was asked before still holds" in first.inner_text("#follow-up")
    first.reload()
    first.wait_for_selector("text=Take legal advice")
    first.select_option("#advice_ground", "solicitor")
    assert violations(first, WCAG) == []
    first.click("text=Ask a colleague to agree >> nth=0")
    first.wait_for_selector("text=One of them has to agree")

    later = receive(desk, timezone.localdate(), sealed(report(mailbox, number=4)))
    writer = signed_in(ann)
    writer.post(f"/desk/reports/{later}/fetch/")
    waits = {"v": 1, "kind": "answer draft", "report": later, "template": "read", "own": REPLY}
    kept = {"sealed": base64.b64encode(sealed(json.dumps(waits))).decode()}
    assert writer.post(f"/desk/reports/{later}/answer/draft/", kept).status_code == 204
    second.goto(f"{live_server.url}/desk/answers/{AnswerDraft.objects.get().ref}/")
    unlock(second, second_words)
    second.wait_for_selector("text=answers are stopped. Nothing was sent")
    assert second.is_hidden("#send")
    assert Decision.objects.filter(report=later, matter="advice", agreed_by="").count() == 1


def test_what_two_are_to_open_stays_shut_for_one_and_an_idle_tab_is_emptied(
    browser: Browser, live_server: LiveServer
) -> None:
    desk_org = make_organisation("community-group")
    ann, bel = make_colleague(desk_org, "desk"), make_colleague(desk_org, "desk")
    desk = open_desk(desk_org)
    first, second = (window(browser, live_server, one) for one in (ann, bel))
    first_words, second_words = make_key(first, live_server.url), make_key(second, live_server.url)
    photograph = sent_photograph(desk)
    others = ({**photograph, "id": secrets.token_hex(16)} for _ in range(3))
    written = report(None, photograph, *others, number=2, text=f"{TOLD} \u202eloof", together=True)
    ident = receive(desk, timezone.localdate(), sealed(written))
    first.clock.install()
    first.goto(f"{live_server.url}/desk/reports/{ident}/")
    first.fill("#unlock input[name=passphrase]", first_words)
    first.click("#unlock button")
    first.wait_for_selector("#beside:not([hidden])")
    assert CANARY not in first.content()
    first.select_option("#beside select", bel.ref)
    first.fill("#beside input[name=beside]", first_words)
    first.click("#beside button")
    first.wait_for_selector("text=opens none of your colleague's keys")
    assert CANARY not in first.content()
    first.fill("#beside input[name=beside]", second_words)
    first.click("#beside button")
    first.wait_for_selector("#opened:not([hidden])")
    assert CANARY in first.content()
    assert first.is_hidden("#answer"), "no answer was wanted"
    assert first.locator("#photographs button").count() == 4
    first.click("#closing summary")
    assert "Its 4 photographs go with it." in first.inner_text("#closing")
    handed_in = first.input_value("#ask-to-close input[name=photographs]").split()
    assert len(handed_in) == 4, "the decision keeps what goes with it"
    first.click("#photographs button >> nth=0")
    first.wait_for_selector("#photographs img")
    shown = "document.querySelector('#photographs img').naturalWidth"
    comes_true(first, f"{shown} === 2")
    first.clock.fast_forward("04:50")
    assert CANARY in first.content()
    with first.expect_navigation():
        first.clock.fast_forward("00:20")
    first.wait_for_selector("#unlock:not([hidden])")
    assert CANARY not in first.content()

    police = make_organisation("police", name="The police")
    ref = sealed_draft(desk_org.ref, ident, ann.ref, police.ref)
    second.goto(f"{live_server.url}/desk/drafts/{ref}/")
    second.fill("#unlock input[name=passphrase]", second_words)
    second.click("#unlock button")
    second.wait_for_selector("#beside:not([hidden])")
    assert CANARY not in second.content(), "two look at its draft as well"
    assert OWN not in second.content()
    second.select_option("#beside select", ann.ref)
    second.fill("#beside input[name=beside]", first_words)
    second.click("#beside button")
    second.wait_for_selector("#opened:not([hidden])")
    told = second.text_content("#answers") or ""
    for line in ("Two open it togetheryes", "Must not see itThe police", "Message under this receipt2"):
        assert line in told
    assert "What was asked before still holds" in second.inner_text("#follow-up")
    assert second.locator("#photographs button").count() == 4, "all that the writer saw"
    second.click("#photographs button >> nth=0")
    second.wait_for_selector("#photographs img")
    assert "[U+202E, a sign that turns the writing round]" in second.inner_text("#words")
    findings = second.text_content("#findings") or ""
    assert "The resident said no to this partner." in findings
    assert "the conditions do not say it" in findings
    assert second.is_hidden("#sign"), "nobody signs that off"
    assert violations(second, WCAG) == []

    second.goto(f"{live_server.url}/desk/answers/{sealed_answer(desk_org.ref, ident, ann.ref)}/")
    second.fill("#unlock input[name=passphrase]", second_words)
    second.click("#unlock button")
    second.wait_for_selector("#beside:not([hidden])")
    assert CANARY not in second.content(), "and at the answer to it"
    assert REPLY not in second.content()
    second.select_option("#beside select", ann.ref)
    second.fill("#beside input[name=beside]", first_words)
    second.click("#beside button")
    second.wait_for_selector("#opened:not([hidden])")
    assert REPLY in (second.text_content("#text") or "")
    assert "Two open it togetheryes" in (second.text_content("#answers") or "")


def test_one_alone_lets_nothing_go_at_once_that_takes_two_and_a_colleague_looks_it_over(
    browser: Browser, live_server: LiveServer
) -> None:
    desk_org = make_organisation("community-group")
    homes = make_organisation("housing", name="Homes")
    make_colleague(homes, "co-ordinator")
    ann, bel = make_colleague(desk_org, "desk"), make_colleague(desk_org, "desk")
    desk = open_desk(desk_org)
    page = window(browser, live_server, ann)
    words = make_key(page, live_server.url)
    ident = receive(desk, timezone.localdate(), sealed(report(None)))
    page.goto(f"{live_server.url}/desk/reports/{ident}/")
    unlock(page, words)
    page.click("#log summary")
    page.select_option("#log_kind", "selling")
    page.select_option("#log_area", "Harbour")
    page.select_option("#log_gain", "nobody")
    page.check(f"input[name=partners][value='{homes.ref}']")
    page.check("#log_at_once")

    def judged(text: str, conditions: str = "") -> str:
        """What the gate says of this log, once all that one may tick is ticked."""
        page.fill("#log_text", text)
        page.fill("#log_conditions", f"Not to be passed on to The police. {conditions}")
        page.click("#log form button")
        page.wait_for_selector("#gate:not([hidden])")
        for tick in page.query_selector_all("#findings input"):
            tick.check()
        return page.inner_text("#findings")

    copied = f"The {CANARY} on our stair sells to boys after school, and my cousin saw it."
    for text, conditions in ((copied, ""), (OWN, "The police may see it all the same.")):
        assert "only a second person may let it stand, and at once there is none" in judged(text, conditions)
        page.click("#at-once")
        page.wait_for_selector("#said:has-text('Mend or tick each thing')")
        assert page.is_hidden("#sure")
    assert "only a second person" not in judged(OWN)
    page.click("#at-once")
    page.wait_for_selector("#sure:not([hidden])")
    assert "Was 999 called?" in page.inner_text("#sure")
    assert "It goes to Homes," in page.inner_text("#sure")
    assert violations(page, WCAG) == []
    page.click("#release")
    page.wait_for_selector("#said:has-text('Call 999 first')")
    assert not Log.objects.exists()
    page.check("#called")
    page.click("#release")
    page.wait_for_selector("#said:has-text('It is released')")
    log = Log.objects.get()
    assert log.content is not None
    assert "band" in log.content["let_stand"]

    Log.objects.update(content=log.content | {"text": "My cousin lives next door to Darren."})
    sits_at(page, bel, live_server.url)
    page.goto(f"{live_server.url}/desk/")
    page.click(f"a[href='/logs/{log.ref}/']")
    page.wait_for_selector("#findings >> text=“Darren”: This may be somebody's name")
    assert "In the conditions" not in page.inner_text("#findings"), "a partner's name is nobody's"
    assert page.locator("#findings input").count() == 0, "it has left: there is nothing to let stand"
    assert violations(page, WCAG) == []
    page.select_option("#id_ground", "names")
    page.click("button:has-text('It should not have gone')")
    page.wait_for_selector("text=It is taken back. Partners to whom it went are told.")
    assert "Darren" not in page.content()
    page.context.close()


def sealed_answer(organisation: str, report: str, by: str) -> str:
    """An answer in own words that waits for a colleague."""
    head = {"v": 1, "kind": "answer draft", "report": report, "template": "read", "own": REPLY}
    kept = base64.b64encode(sealed(json.dumps(head))).decode()
    return AnswerDraft.objects.create(
        organisation=organisation, report=report, sealed=kept, written_by=by, on=timezone.localdate()
    ).ref


def sealed_draft(organisation: str, report: str, by: str, partner: str) -> str:
    """A draft that goes to this partner without conditions, as a page that was altered would write it."""
    week = f"{monday(timezone.localdate())}"
    log = {"v": 1, "kind": "selling", "area": "Harbour", "week": week, "weeks": 1, "text": OWN}
    log |= {"source": "2", "information": "C", "handling": "P", "conditions": ""}
    log |= {"partners": [partner], "not_before": None, "at_once": False}
    head = {"v": 1, "kind": "draft", "salt": "0" * 32, "content": json.dumps(log), "report": report}
    kept = sealed(json.dumps(head | {"source_reason": "", "gain": "nobody"}))
    return Log.objects.create(
        organisation=organisation,
        report=report,
        sealed=base64.b64encode(kept).decode(),
        commitment="0" * 64,
        written_by=by,
        written_at=timezone.now(),
        destroy_on=timezone.localdate(),
    ).ref


def test_a_passkey_opens_a_key_and_a_device_that_cannot_is_told(
    browser: Browser, live_server: LiveServer
) -> None:
    desk_org = make_organisation("community-group")
    ann, bel = make_colleague(desk_org, "desk"), make_colleague(desk_org, "desk")
    desk = open_desk(desk_org)
    site = live_server.url.replace("127.0.0.1", "localhost")
    page = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
    tools, own = device(page)

    def held() -> int:
        return len(tools.send("WebAuthn.getCredentials", own)["credentials"])

    for who, way in ((bel, "passkey"), (ann, "passkey"), (ann, "both")):
        sits_at(page, who, site)
        choose(page, site, way)
        page.wait_for_selector("text=Your key is kept")
    assert held() == 2, "one passkey of hers opens her next key too"
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert violations(page, WCAG) == []
    kept = [json.loads(one) for one in DeskKey.objects.order_by("pk").values_list("wrapped", flat=True)]
    assert [sorted(one) for one in kept] == [
        ["passkey", "v"],
        ["passkey", "v"],
        ["passkey", "passphrase", "v"],
    ]
    assert kept[1]["passkey"]["credential"] == kept[2]["passkey"]["credential"]

    oldest = DeskKey.objects.filter(person=ann.ref).order_by("pk")[:1].values_list("recipient", flat=True)
    ident = receive(desk, timezone.localdate(), sealed(report(None, together=True), *oldest))
    page.goto(f"{site}/desk/reports/{ident}/")
    page.click("#by-passkey button")
    page.wait_for_selector("#beside:not([hidden])")
    assert CANARY not in page.content()
    page.select_option("#beside select", bel.ref)
    page.click("#beside-passkey button")
    page.wait_for_selector("#opened:not([hidden])")
    assert CANARY in page.content()
    page.reload()
    page.wait_for_selector("#unlock:not([hidden])")
    assert CANARY not in page.content(), "it is locked again"

    sits_at(page, bel, site)
    page.goto(f"{site}/desk/reports/{ident}/")
    page.wait_for_selector("#by-passkey:not([hidden])")
    assert page.is_hidden("#unlock form"), "no passphrase opens hers"
    tools.send("WebAuthn.removeVirtualAuthenticator", own)
    device(page, prf=False)
    choose(page, site, "both")
    page.wait_for_selector("text=cannot open a key with a passkey")
    page.add_init_script("delete window.PublicKeyCredential")
    page.goto(f"{site}/desk/key/")
    page.wait_for_selector("#no-passkey:not(:empty)")
    assert page.is_disabled("#make input[value=passkey]")
    assert page.is_checked("#make input[value=passphrase]")
    page.context.close()


def hidden_by_what_is_said(page: Page) -> list[str]:
    """What of the form for an answer lies under the bar that says how it stands, on a wide screen and however
    far one has scrolled; afterwards the window is as it was.
    """
    before = page.viewport_size
    assert before is not None
    page.set_viewport_size({"width": 1200, "height": 740})
    under: list[str] = page.evaluate(
        """() => {
          const under = new Set();
          const parts = ['summary', 'label', 'textarea', 'button'].map((one) => `#answer ${one}`).join();
          const form = [...document.querySelectorAll(parts)];
          for (const one of form.filter((one) => one.checkVisibility())) {
            one.scrollIntoView({ block: 'start', behavior: 'instant' });
            const bar = document.getElementById('said').getBoundingClientRect();
            for (const other of form.filter((one) => one.checkVisibility())) {
              const { left, right, top, bottom } = other.getBoundingClientRect();
              if (left < bar.right && bar.left < right && top < bar.bottom && bar.top < bottom)
                under.add(other.textContent.trim() || other.name);
            }
          }
          return [...under];
        }"""
    )
    page.set_viewport_size(before)
    return under


def opened_answers(mailbox: bytes, authenticator: bytes, seed: bytes) -> list[dict[str, Any]]:
    """The answers in a mailbox, opened by another library than the one that sealed them."""
    slots = own_store().read_mailbox(mailbox, authenticator)
    found = []
    for at in range(0, len(slots), PACKED):
        with suppress(NotOpened):
            text = open_age(seed, unpack(slots[at : at + PACKED]))
            found.append(json.loads(text[68 : 68 + int.from_bytes(text[64:68])]))
    return found


def found_on_disk(*words: str) -> list[str]:
    """Which of these stand in the site's database or in a file of its workspace."""
    from django.db import connection

    kept = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - the database's own names
            kept.append(repr(cursor.fetchall()))
    workspace = Path(site_settings.CONFIGURATION.workspace)
    kept += [one.read_bytes().decode("latin1") for one in workspace.rglob("*") if one.is_file()]
    return [word for word in words if any(word in one for one in kept)]
