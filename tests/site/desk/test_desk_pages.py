"""Pages of the desk, as each of those who may and may not open them meets them."""

from __future__ import annotations

import base64
import html
import re
import secrets
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from open_desks import envelope, open_desk, publish, receive
from people_factory import make_colleague, make_organisation, signed_in

from lippen.site.accounts.models import Organisation
from lippen.site.desk.models import AnswerDraft, DeskKey, Log
from lippen.site.desk.own_desk import desk_of, speak_folder
from lippen.site.register.models import Entry
from lippen.site.speak.store import FILE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def group(transactional_db: None) -> Organisation:  # noqa: ARG001
    return make_organisation("community-group")


def page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return html.unescape(answer.content.decode())


def test_pages_that_open_keys_run_argon2_and_no_text_as_a_script(group: Organisation) -> None:
    ident = receive(open_desk(group), timezone.localdate())
    client = signed_in(make_colleague(group, "desk"))
    for path in ("/desk/", "/desk/key/", f"/desk/reports/{ident}/"):
        policy = client.get(path)["Content-Security-Policy"]
        assert "script-src 'self' 'wasm-unsafe-eval';" in policy
        assert "trusted-types 'none'" in policy
        assert "publickey" not in client.get(path)["Permissions-Policy"], "a passkey may be asked for here"
        assert "'unsafe-inline'" not in policy
    for path in ("/logs/", "/you/", "/desk/protection/"):
        assert "wasm-unsafe-eval" not in client.get(path)["Content-Security-Policy"], "and no other does"


def test_a_log_can_go_to_nobody_whom_the_residents_page_does_not_name(group: Organisation) -> None:
    """The page names the police and housing to residents, and nobody else of those who may have logs."""
    open_desk(group)
    toml = speak_folder() / "partnership.toml"
    told = toml.read_text()
    toml.write_text(f'{told}[[partners]]\nid = "kirk"\nname = "Kirkbrae High School"\n')
    publish()
    ident = receive(desk_of(group), timezone.localdate())
    police, homes, empty = (make_organisation(kind) for kind in ("police", "housing", "housing"))
    health, other = make_organisation("health"), make_organisation("community-group")
    for there, role in ((police, "police-officer"), (homes, "co-ordinator"), (health, "co-ordinator")):
        make_colleague(there, role)
    make_colleague(other, "desk")
    client, path = signed_in(make_colleague(group, "desk")), f"/desk/reports/{ident}/"
    text = page(client, path)
    assert set(re.findall(r'name="partners" value="([^"]+)"', text)) == {police.ref, homes.ref}
    unread = (re.search(r"Nobody there can read it yet: ([^<.]*)\.", text) or [""])[1]
    assert unread.split(", ") == sorted([empty.name, "Kirkbrae High School"]), "each whom the page names"
    shut = (
        re.search(r"does not name them to residents, or did not when this was told: ([^<]*)\.", text) or [""]
    )[1]
    assert {health.name, other.name} >= set(shut.split(", ")) >= {health.name}
    assert group.name not in f"{unread}{shut}"

    toml.write_text(f'{told}[[partners]]\nid = "health"\nname = "Health"\n')
    assert f'value="{health.ref}"' not in page(client, path), "what nobody signed names nobody to residents"
    publish()
    assert f'value="{health.ref}"' in page(client, path)

    (speak_folder() / "manifest.json").write_text("{}")
    text = page(client, path)
    assert "this site has no manifest" in text
    assert 'name="partners"' not in text


def test_the_form_of_a_log_names_places_and_blames_no_gang_for_every_report(group: Organisation) -> None:
    """A partnership is no place, and a report may be about a landlord."""
    ident = receive(open_desk(group), timezone.localdate())
    text = page(signed_in(make_colleague(group, "desk")), f"/desk/reports/{ident}/")
    assert re.findall("The log says: ([^<]*)", text) == ["Somewhere in the area of Invermarrow"]
    assert "The gang" not in text


def test_without_script_a_page_says_that_it_can_open_nothing(group: Organisation) -> None:
    ident = receive(open_desk(group), timezone.localdate())
    client = signed_in(make_colleague(group, "desk"))
    for path in ("/desk/key/", f"/desk/reports/{ident}/"):
        text = page(client, path)
        assert "This needs JavaScript" in text
        for form in re.findall(r"<form[^>]*>.*?</form>", text, re.S):
            asks = re.search(r'<textarea|type="password"', form)
            assert not asks or 'method="dialog"' in form, "what is typed is never sent as it stands"
            chosen = asks or "<select" in form or 'type="text"' in form
            assert not chosen or 'autocomplete="off"' in form.split(">")[0], "and no browser keeps it"


def test_the_sealed_bytes_leave_by_a_form_of_the_site_s_own_alone(group: Organisation) -> None:
    ident = receive(open_desk(group), timezone.localdate())
    worker = make_colleague(group, "desk")
    path = f"/desk/reports/{ident}/fetch/"
    assert signed_in(worker).get(path).status_code == 405
    assert signed_in(worker, enforce_csrf=True).post(path).status_code == 403
    assert not Entry.objects.filter(what="a sealed report fetched").exists()
    answer = signed_in(worker).post(path)
    assert (answer.status_code, len(answer.content)) == (200, 22_714)
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Cache-Control"] == "no-store"


def test_a_report_that_is_not_there_or_another_desk_s_is_refused_alike(group: Organisation) -> None:
    other = make_organisation("community-group")
    ident = receive(open_desk(group, "braeside", other), timezone.localdate())
    stranger = signed_in(make_colleague(other, "desk"))
    for one in (ident, secrets.token_hex(16)):
        for path in (f"/desk/reports/{one}/", f"/desk/reports/{one}/fetch/"):
            answer = stranger.post(path) if path.endswith("fetch/") else stranger.get(path)
            assert answer.status_code == 404
            assert ident not in answer.content.decode() or one == ident
    refused = [stranger.post(f"/desk/reports/{one}/fetch/").content for one in (ident, "0" * 32)]
    assert refused[0] == refused[1]


def test_a_form_that_is_no_key_or_no_draft_is_refused_in_words(group: Organisation) -> None:
    ident = receive(open_desk(group), timezone.localdate())
    client = signed_in(make_colleague(group, "desk"))
    answer = client.post("/desk/key/", {"recipient": "x", "signature": "x", "proof": "x", "wrapped": "x"})
    assert answer.status_code == 422
    assert "no base64" in answer.content.decode()
    client.post(f"/desk/reports/{ident}/fetch/")
    answer = client.post(f"/desk/reports/{ident}/draft/", {"sealed": "plain words", "commitment": "0" * 64})
    assert (answer.status_code, answer["Content-Type"]) == (422, "text/plain; charset=utf-8")
    assert "not sealed" in answer.content.decode()
    assert not DeskKey.objects.exists()
    assert not Log.objects.exists()
    answer = client.post(f"/desk/reports/{ident}/answer/draft/", {"sealed": "plain words"})
    assert (answer.status_code, answer["Content-Type"]) == (422, "text/plain; charset=utf-8")
    assert not AnswerDraft.objects.exists()
    agreeing = {"matter": "close", "answer": "agree", "photographs": "../../etc"}
    assert client.post(f"/desk/reports/{ident}/decide/", agreeing).status_code == 422


def test_a_second_worker_is_offered_the_sign_off_and_the_first_is_not(group: Organisation) -> None:
    ident = receive(open_desk(group), timezone.localdate())
    ann, bel = (signed_in(make_colleague(group, "desk")) for _ in range(2))
    sealed = base64.b64encode(envelope()).decode()
    ann.post(f"/desk/reports/{ident}/fetch/")
    sent = {"sealed": sealed, "commitment": "0" * 64, "held": "no"}
    assert ann.post(f"/desk/reports/{ident}/draft/", sent).status_code == 204
    Log.objects.update(state="held")
    assert "is destroyed on" in page(bel, "/desk/")
    Log.objects.update(state="draft")
    path = f"/desk/drafts/{Log.objects.get().ref}/"
    assert 'id="sign"' in page(bel, path)
    assert 'id="sign"' not in page(ann, path)
    answer = bel.post(path, {"content": "{}", "salt": "0" * 32})
    assert answer.status_code == 422
    assert "not opened this report" in answer.content.decode()
    assert ann.post(path, {"answer": "throw away"}).status_code == 302
    assert bel.get(path).status_code == 410


def test_an_answer_in_own_words_is_offered_to_a_colleague_and_closing_is_asked_and_agreed(
    group: Organisation,
) -> None:
    ident = receive(open_desk(group), timezone.localdate())
    ann, bel = (signed_in(make_colleague(group, "desk")) for _ in range(2))
    here = f"/desk/reports/{ident}/"
    assert "Nobody else at this desk has a key" in page(ann, here)
    for client in (ann, bel):
        client.post(f"{here}fetch/")
    assert (
        ann.post(f"{here}answer/draft/", {"sealed": base64.b64encode(envelope()).decode()}).status_code == 204
    )
    path = f"/desk/answers/{AnswerDraft.objects.get().ref}/"
    assert 'id="send"' in page(bel, path)
    assert 'id="send"' not in page(ann, path)
    for client in (ann, bel):
        assert "It cannot be closed yet" in page(client, here)
        assert path in page(client, here)
        assert path in page(client, "/desk/")
    packed = {"mailbox": "0" * 32, "packed": base64.b64encode(secrets.token_bytes(5_312)).decode()}
    answer = ann.post(f"{path}send/", packed)
    assert (answer.status_code, "a second person" in answer.content.decode()) == (422, True)
    assert bel.post(path).status_code == 302, "it is thrown away"
    assert bel.post(f"{path}send/", packed).status_code == 404
    assert bel.get(path).status_code == 404

    closing = {"matter": "close", "ground": "unreadable"}
    assert ann.post(f"{here}decide/", closing).status_code == 302
    assert 'id="agree-to-close"' not in page(ann, here)
    assert "A colleague asks to close it" in page(bel, here)
    assert "a colleague asks to close it" in page(bel, "/desk/")
    assert "a colleague asks to close it" not in page(ann, "/desk/")
    assert 'id="agree-to-close"' in page(bel, here)
    assert ann.post(f"{here}decide/", closing | {"answer": "agree"}).status_code == 422
    assert bel.post(f"{here}decide/", closing | {"answer": "take back"}).status_code == 302
    assert bel.post(f"{here}decide/", closing | {"answer": "agree"}).status_code == 422
    assert ann.post(f"{here}decide/", closing).status_code == 302
    assert bel.post(f"{here}decide/", closing | {"answer": "agree"}).status_code == 302
    assert bel.get(here).status_code == 404


def test_every_log_says_that_one_word_is_no_ground_for_a_visit(group: Organisation) -> None:
    homes = make_organisation("housing")
    log = Log.objects.create(
        organisation=group.ref,
        state="released",
        content={
            **{"kind": "selling", "area": "Harbour", "week": "2026-11-23", "weeks": 4},
            **{"text": "<b>Vans</b> at night", "source": "2", "information": "D", "handling": "P"},
            "conditions": "",
        },
        written_by="a" * 16,
        released_at=timezone.now(),
        destroy_on=timezone.localdate(),
    )
    log.goes_to.create(organisation=homes.ref)
    client = signed_in(make_colleague(homes, "co-ordinator"))
    for path in ("/logs/", f"/logs/{log.ref}/"):
        assert "never the ground for a visit" in page(client, path)
    raw = client.get(f"/logs/{log.ref}/").content.decode()
    assert "&lt;b&gt;Vans&lt;/b&gt;" in raw
    officer = signed_in(make_colleague(make_organisation("police"), "police-officer"))
    assert page(officer, f"/logs/{log.ref}/", 404)
    assert "Vans" not in page(officer, "/logs/")
    assert "No log went to your organisation" in page(officer, "/logs/")
    other = signed_in(make_colleague(make_organisation("community-group"), "desk"))
    assert "Your desk has released no log yet" in page(other, "/logs/")


def test_the_first_worker_of_a_desk_is_led_to_her_key_and_told_who_signs_it(group: Organisation) -> None:
    own = speak_folder()
    open_desk(group)
    client = signed_in(make_colleague(group, "desk"))
    for _ in range(2):
        text = page(client, "/desk/")
        assert 'href="/desk/key/">Make your desk key' in text
        assert "Two people who hold the partnership’s key sign it" in text
        (own.parent / FILE).unlink(missing_ok=True)  # before the door was ever opened


def test_a_key_is_destroyed_only_after_the_page_said_what_that_means(group: Organisation) -> None:
    desk = open_desk(group)
    ann = make_colleague(group, "desk")
    client = signed_in(ann)
    day = timezone.localdate()
    whose = {"organisation": group.ref, "person": ann.ref, "wrapped": '{"v": 2, "passkey": {}}'}
    until = {"made_on": day, "until": day + timedelta(days=30), "opens_until": day + timedelta(days=44)}
    key = DeskKey.objects.create(recipient="r", signature="s", **whose, **until)
    desk.folder.mkdir(parents=True)
    (desk.folder / "by-hand.json").write_text("{}")
    DeskKey.objects.create(recipient="t", signature="u", **whose, **until)
    text = page(client, "/desk/key/")
    assert re.findall(r"Key (\d), ", text) == ["2", "1"], "two of one day are told apart"
    assert "replaced" not in text
    assert "Until then they seal to the one before" in text
    DeskKey.objects.filter(recipient="t").delete()
    answer = client.post("/desk/key/", {"destroy": key.ref})
    text = html.unescape(answer.content.decode())
    assert "None of your colleagues has a key" in text
    assert "You have no other that could take its place" in text
    assert "by-hand.json" in text
    assert DeskKey.objects.get().wrapped
    assert client.post("/desk/key/", {"destroy": key.ref, "sure": "yes"}).status_code == 302
    assert DeskKey.objects.get().wrapped == ""
    assert client.post("/desk/key/", {"destroy": key.ref}).status_code == 422


def test_an_organisation_without_a_desk_reads_why_and_what_to_do(group: Organisation) -> None:
    open_desk(make_organisation("community-group"))
    client = signed_in(make_colleague(group, "desk"))
    for path in ("/desk/", "/desk/key/"):
        text = page(client, path)
        assert "No desk here yet" in text
        assert "/desk/key/" not in text.split("<h1>")[1], "and makes no key either"
