"""Somebody tells what they saw for sale: who may, who gets it, what is kept, and when the form stops."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from people_factory import make_colleague, make_organisation, signed_in
from telling import HANDLE, NUMBER, SAME, opened, takes, tell, text_of, this_week, told

from lippen.site.accounts.models import Organisation
from lippen.site.accounts.permissions import permissions
from lippen.site.register.classes import declared
from lippen.site.register.models import Act, Entry
from lippen.site.sightings import accounts_named, services, sweeping
from lippen.site.sightings.limits import A_DAY, ACCOUNTS_A_DAY, MOST_ACCOUNTS
from lippen.site.sightings.models import AccountsNamed, Telling, Waiting
from lippen.site.sightings.redacting import digest_of

pytestmark = pytest.mark.django_db(transaction=True)

WORKSPACE: Path = settings.CONFIGURATION.workspace
KEYS = WORKSPACE / "sightings" / "contact-keys"


@pytest.fixture(autouse=True)
def no_keys() -> Iterator[None]:
    yield
    for key in KEYS.glob("*"):
        key.unlink()


@pytest.fixture
def worker(police: Organisation) -> Client:  # noqa: ARG001
    return signed_in(make_colleague(make_organisation("housing"), "worker"))


def another() -> Client:
    """A worker of another organisation."""
    return signed_in(make_colleague(make_organisation("health"), "worker"))


def test_what_somebody_tells_waits_for_whom_the_form_named(worker: Client, police: Organisation) -> None:
    assert "It goes to Milltown Police, without your name" in text_of(worker.get("/sightings/new/"))
    answer = tell(worker)
    assert (answer.status_code, answer["Location"]) == (302, "/sightings/told/")
    (waiting,) = Waiting.objects.all()
    assert waiting.goes_to == police.ref
    assert (waiting.channel, waiting.seen_by, waiting.week) == ("social", "worker", this_week())
    assert (waiting.product, waiting.words) == ("ten blue tablets in a bag", "new in, blues 💙")
    assert (waiting.price_gbp, waiting.quantity) == ("20.00", "10")
    thanks = text_of(worker.get("/sightings/told/"))
    assert "It then goes to Milltown Police" in thanks
    assert "Nobody writes back to you about this one" in thanks
    entry = Entry.objects.get(what="a sighting told")
    assert (entry.act, entry.shown.get().record) == (Act.ALTERATION, waiting.ref)


@pytest.mark.usefixtures("transactional_db")
def test_where_nobody_takes_sightings_the_page_says_so_and_keeps_nothing() -> None:
    client = another()
    assert "Nobody takes sightings here yet" in text_of(client.get("/sightings/new/"))
    assert "Nobody takes sightings here yet" in text_of(client.get("/sightings/"))
    assert client.post("/sightings/new/", told(once="a" * 16, shown="b" * 16)).status_code == 404
    assert not Waiting.objects.exists()


def test_a_holder_that_took_over_meanwhile_does_not_get_what_was_meant_for_another(worker: Client) -> None:
    form = opened(worker)
    takes(make_organisation("trading-standards"))
    answer = worker.post("/sightings/new/", {**form, **told()})
    assert answer.status_code == 422
    assert "takes no sightings now" in text_of(answer)
    assert not Waiting.objects.exists()


def test_those_tell_whose_role_may_and_all_others_read_why_not(police: Organisation) -> None:  # noqa: ARG001
    may = {"worker", "desk", "co-ordinator", "police-officer"}
    for role in permissions().roles.values():
        kind = role.organisations[0]
        client = signed_in(make_colleague(make_organisation(kind), role.name))
        for path in ("/sightings/", "/sightings/new/", "/sightings/told/"):
            assert client.get(path).status_code == (200 if role.name in may else 403), (role.name, path)
        offered = 'href="/sightings/"' in text_of(client.get("/you/"))
        assert offered == (role.name in may), role.name


def everything_kept(client: Client) -> str:
    """All that the database and the workspace hold, sessions and the register too."""
    dump = WORKSPACE / "dump.json"
    call_command("dumpdata", output=str(dump), verbosity=0)
    held = [dump.read_text("utf-8")]
    dump.unlink()
    held.append(str(dict(client.session)))
    held += [
        one.read_bytes().decode("utf-8", "replace")
        for one in WORKSPACE.rglob("*")
        if one.is_file() and not one.is_symlink()
    ]
    return " ".join(held).lower()


@pytest.mark.parametrize("whole", [True, False], ids=["kept", "to be put right"])
def test_no_handle_number_or_link_is_kept_anywhere_without_script(
    worker: Client, whole: bool, caplog: pytest.LogCaptureFixture
) -> None:
    answer = tell(
        worker,
        product=f"a bag of {NUMBER}",
        words=f"dm {HANDLE} or {SAME}",
        quantity=f"10 {HANDLE}",
        price_gbp="20" if whole else f"{HANDLE}",
    )
    assert answer.status_code == (302 if whole else 422)
    held = everything_kept(worker) + text_of(answer).lower() + caplog.text.lower()
    for part in ("otter", "07700 900123", "07700900123"):
        assert part not in held
    if whole:
        assert "dm [handle] or [handle]" in held
        assert digest_of("wee.otter_12") not in held, "what is kept is hashed by the key, and no digest is"
        assert len(AccountsNamed.objects.get().hashes) == 2
    else:
        assert "dm [handle] or [handle]" in text_of(answer)
        assert not AccountsNamed.objects.exists(), "what was not told is compared with nothing"


def test_a_failing_site_shows_and_logs_no_handle(
    worker: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr(accounts_named.ContactKeys, "hashed", fails)
    worker.raise_request_exception = False
    answer = tell(worker, words=f"dm {HANDLE}")
    assert answer.status_code == 500
    assert "otter" not in (text_of(answer) + caplog.text).lower()
    assert not Waiting.objects.exists()


def test_an_account_that_was_named_this_month_stops_the_form_and_says_why(worker: Client) -> None:
    assert tell(worker, words=f"dm {HANDLE}").status_code == 302
    for words in (f"new number: {SAME}", f"snap: {HANDLE[1:].upper()}"):
        answer = tell(another(), words=words, product="white")
        assert answer.status_code == 422
        page = text_of(answer)
        assert "Somebody here named this account already this month" in page
        assert "Did you see it again by chance?" in page
        assert "Ask whoever can authorise it where you work" in page
        assert "Regulation of Investigatory Powers (Scotland) Act 2000, RIP(S)A" in page
        assert "its code of practice" in page
        assert '<p><a href="/sightings/">Leave without sending it</a></p>' in answer.content.decode()
        assert "otter" not in page.lower()
        assert not re.search(r"[0-9a-f]{64}", page), "and what comes back carries no digest of it"
    assert Waiting.objects.count() == 1
    stopped = Entry.objects.filter(what="a sighting stopped")
    assert stopped.count() == 2
    assert not stopped.filter(shown__isnull=False).exists(), "and no record that it was compared with"


def test_told_without_the_account_it_is_taken(worker: Client) -> None:
    tell(worker, words=f"dm {HANDLE}")
    assert tell(another(), words=f"dm {HANDLE}").status_code == 422
    assert tell(another(), words="dm [handle]").status_code == 302
    assert Waiting.objects.count() == 2


def test_a_browser_that_took_the_account_out_itself_is_stopped_alike(worker: Client) -> None:
    digest = digest_of("wee.otter_12")
    assert tell(worker, words="dm [handle]", accounts=digest).status_code == 302
    assert tell(another(), words=f"dm {HANDLE}").status_code == 422
    assert tell(another(), words="dm [handle]", accounts=f"{'0' * 64} {digest}").status_code == 422


@pytest.mark.parametrize("sent", ["x" * 64, "../" * 30, "a" * 10_000, "<script>", "٣" * 64, "0" * 63])
def test_what_is_no_digest_is_left_out(worker: Client, sent: str) -> None:
    assert tell(worker, accounts=sent).status_code == 302
    assert AccountsNamed.objects.count() == (1 if sent.startswith("a" * 64) else 0)


def test_hashes_lie_in_no_order_that_tells_and_go_with_their_key_when_the_month_ends(worker: Client) -> None:
    for number in range(4):
        tell(worker, words=f"dm @wee_otter{number}9", quantity=f"{number}")
    month = AccountsNamed.objects.get()
    assert month.hashes == sorted(month.hashes)
    assert len(month.hashes) == 4
    assert [one.name for one in KEYS.iterdir()] == [f"{month.month}.key"]
    assert not (WORKSPACE / "contact-keys" / f"{month.month}.key").exists(), "the form has keys of its own"
    accounts_named.forget_before(timezone.localdate())
    assert AccountsNamed.objects.exists(), "a month that goes on is kept"
    accounts_named.forget_before(timezone.localdate() + timedelta(days=40))
    assert not AccountsNamed.objects.exists()
    assert list(KEYS.iterdir()) == []
    assert tell(another(), words="dm @wee_otter09").status_code == 302


def test_an_account_can_be_tried_so_often_a_day_and_each_time_is_entered(worker: Client) -> None:
    tell(worker, words=f"dm {HANDLE}")
    curious = another()
    for _ in range(A_DAY):
        assert tell(curious, words=f"dm {HANDLE}").status_code == 422
    answer = tell(curious, words=f"dm {HANDLE}")
    assert f"you told {A_DAY} sightings today" in text_of(answer).lower()
    assert Entry.objects.filter(what="a sighting stopped").count() == A_DAY
    assert Telling.objects.count() == A_DAY + 1
    Telling.objects.update(on=timezone.localdate() - timedelta(days=1))
    sweeping.let_go_of_sightings.func()
    assert not Telling.objects.exists()


def test_a_key_that_others_could_read_is_not_used_and_nothing_is_kept(worker: Client) -> None:
    tell(worker, words=f"dm {HANDLE}")
    (key,) = KEYS.iterdir()
    key.chmod(0o644)
    answer = tell(another(), words="dm @somebody_else1")
    assert answer.status_code == 422
    assert "cannot compare the account that you named" in text_of(answer)
    assert Waiting.objects.count() == 1


def test_sent_twice_it_counts_once(worker: Client) -> None:
    form = {**opened(worker), **told()}
    assert [worker.post("/sightings/new/", form).status_code for _ in range(2)] == [302, 302]
    assert Waiting.objects.count() == 1


def test_one_s_own_is_taken_back_while_it_waits_and_nobody_else_s(worker: Client) -> None:
    tell(worker, product="<b>blues</b> & more")
    ref = Waiting.objects.get().ref
    page = worker.get("/sightings/").content.decode()
    assert "&lt;b&gt;blues&lt;/b&gt; &amp; more" in page
    assert "<b>blues" not in page
    other = another()
    assert "blues" not in text_of(other.get("/sightings/"))
    assert other.post(f"/sightings/{ref}/take-back/").status_code == 404
    assert Waiting.objects.count() == 1
    assert worker.post(f"/sightings/{ref}/take-back/").status_code == 302
    assert not Waiting.objects.exists()
    assert worker.post(f"/sightings/{ref}/take-back/").status_code == 404
    assert Entry.objects.filter(what="a sighting taken back", act=Act.ERASURE, shown__record=ref).count() == 1


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"product": ""}, "Fill this in"),
        ({"product": "x" * 121}, "at most 120"),
        ({"channel": "telegram"}, "Choose one of those that are offered"),
        ({"larger_area": "12 Mill Street"}, "Choose one of those that are offered"),
        ({"week": "2019-01-07"}, "Choose one of those that are offered"),
        ({"words": "x" * 203}, "at most 200 characters; now there are 203"),
        ({"price_gbp": "a tenner"}, "Write a price in pounds"),
        ({"price_gbp": "£15 each"}, "such as “each” or “for two”, goes under “For how much?”"),
        ({"price_gbp": "0"}, "Leave this empty, and write “free” under “For how much?”"),
        ({"price_gbp": "9999999"}, "Write a price in pounds"),
        ({"once": "../../etc/passwd"}, "Open the page anew"),
        ({"product": "a\0b"}, ""),
    ],
)
def test_what_cannot_be_taken_is_said(worker: Client, other: dict[str, str], says: str) -> None:
    answer = tell(worker, **other)
    if not says:  # a sign that nobody sees becomes a blank
        assert Waiting.objects.get().product == "a b"
        return
    assert answer.status_code == 422
    assert says in text_of(answer)
    assert not Waiting.objects.exists()


def test_no_box_cuts_off_what_is_typed_and_too_much_comes_back_whole_with_how_much_it_is(
    worker: Client,
) -> None:
    page = worker.get("/sightings/new/").content.decode()
    for name, most in (("product", 120), ("words", 200), ("quantity", 40)):
        (box,) = re.findall(rf'<(?:input|textarea)[^>]*name="{name}"[^>]*>', page)
        assert "maxlength" not in box
        back = text_of(tell(worker, **{name: "x" * (most + 7)}))
        assert f"at most {most} characters; now there are {most + 7}" in back
        assert "x" * (most + 7) in back


def test_two_of_one_s_own_that_wait_are_told_apart_by_words_and_price(worker: Client) -> None:
    tell(worker, words="new in, blues", price_gbp="£20", quantity="10")
    tell(worker, words="", price_gbp="", quantity="")
    rows = re.findall(r"<tr[^>]*>.*?</tr>", worker.get("/sightings/").content.decode(), re.S)
    newest, first = (row for row in rows if "ten blue tablets" in row)
    assert "new in, blues" in first
    assert "£20.00, 10" in first
    assert "none told" in newest
    assert "no price" in newest


@pytest.mark.parametrize(
    ("written", "pounds"), [("20", "20.00"), ("£12.50", "12.50"), ("12,5", "12.50"), ("20 quid", "20.00")]
)
def test_a_price_is_written_as_people_write_it(worker: Client, written: str, pounds: str) -> None:
    tell(worker, price_gbp=written)
    assert Waiting.objects.get().price_gbp == pounds


def test_each_part_of_what_is_held_is_erased_by_its_record(worker: Client) -> None:
    tell(worker, words=f"dm {HANDLE}")
    erase = declared()["sighting"].erase
    for record in (
        Waiting.objects.get().ref,
        Telling.objects.get().person,
        AccountsNamed.objects.get().month,
    ):
        assert erase(record) == 1
    assert json.dumps([Waiting.objects.count(), Telling.objects.count()]) == "[0, 0]"


NO_ORGANISATION = "a" * 16


def fails(*_: object, **__: object) -> str:
    raise RuntimeError("the disk is gone")


def tried() -> int:
    """How many accounts were compared today, by all."""
    return sum(Telling.objects.values_list("accounts", flat=True))


@pytest.mark.parametrize(
    "other",
    [
        {"shown": NO_ORGANISATION},
        {"product": "x" * 121},
        {"larger_area": "12 Mill Street"},
        {"week": "2019-01-07"},
    ],
    ids=["for nobody", "too long", "of no area", "of no week"],
)
def test_what_is_refused_anyway_does_not_say_whether_an_account_was_named(
    worker: Client, other: dict[str, str]
) -> None:
    tell(worker, words=f"dm {HANDLE}")
    curious = another()
    form = opened(curious)
    pages = []
    for name in ("wee.otter_12", "wee.badger_7"):
        answer = curious.post("/sightings/new/", {**form, **told(accounts=digest_of(name)), **other})
        assert answer.status_code == 422
        pages.append(
            re.sub(r"[0-9a-f]{64}", "", re.sub(r'(?:token" value|nonce)="[^"]+"', "", text_of(answer)))
        )
    assert pages[0] == pages[1]
    assert "named this account" not in pages[0]
    assert len(AccountsNamed.objects.get().hashes) == 1
    assert tried() == 1, "and nothing was compared"


@pytest.mark.parametrize("name", ["wee.otter_12", "wee.badger_7"], ids=["named", "not named"])
def test_whether_it_was_named_or_not_a_try_counts_and_is_entered_though_all_fails_afterwards(
    worker: Client, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(worker, words=f"dm {HANDLE}")
    before, entries = tried(), Entry.objects.count()

    monkeypatch.setattr(services, "let_wait", fails)
    curious = another()
    form = opened(curious)
    curious.raise_request_exception = False
    curious.post("/sightings/new/", {**form, **told(accounts=digest_of(name))})
    assert tried() == before + 1
    assert Entry.objects.count() == entries + 1
    assert Waiting.objects.count() == 1
    monkeypatch.undo()
    assert tell(another(), accounts=digest_of(name)).status_code == 422, "and it counts as named"


def test_what_failed_after_the_comparison_is_sent_again_and_taken(
    worker: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = {**opened(worker), **told(words=f"dm {HANDLE}")}

    monkeypatch.setattr(services, "let_wait", fails)
    worker.raise_request_exception = False
    assert worker.post("/sightings/new/", form).status_code == 500
    monkeypatch.undo()
    assert worker.post("/sightings/new/", form).status_code == 302
    assert Waiting.objects.count() == 1
    assert tried() == 1


def test_more_accounts_than_a_sighting_has_are_compared_with_nothing(worker: Client) -> None:
    many = " ".join(digest_of(f"wee.otter_{number}") for number in range(MOST_ACCOUNTS + 1))
    form = opened(worker)
    answer = worker.post("/sightings/new/", {**form, **told(accounts=many)})
    assert answer.status_code == 422
    page = text_of(answer)
    assert f"more than {MOST_ACCOUNTS} accounts" in page
    assert not re.search(r"[0-9a-f]{64}", page)
    assert not AccountsNamed.objects.exists()
    assert worker.post("/sightings/new/", {**form, **told()}).status_code == 302
    typed = " ".join(f"@wee_otter{number}9" for number in range(MOST_ACCOUNTS + 1))
    assert f"more than {MOST_ACCOUNTS} accounts" in text_of(tell(another(), words=f"dm {typed}"))


def test_each_account_is_a_try_and_they_end_before_the_sightings_do(worker: Client) -> None:
    def three(turn: int) -> str:
        return " ".join(digest_of(f"wee.otter_{turn}_{number}") for number in range(MOST_ACCOUNTS))

    turns = ACCOUNTS_A_DAY // MOST_ACCOUNTS
    for turn in range(turns):
        assert tell(worker, accounts=three(turn), quantity=f"{turn}").status_code == 302
    form = opened(worker)
    answer = worker.post("/sightings/new/", {**form, **told(accounts=three(turns))})
    assert answer.status_code == 422
    page = text_of(answer)
    assert f"as many as {ACCOUNTS_A_DAY} accounts" in page
    assert not re.search(r"[0-9a-f]{64}", page)
    assert tried() == turns * MOST_ACCOUNTS == len(AccountsNamed.objects.get().hashes)
    assert worker.post("/sightings/new/", {**form, **told()}).status_code == 302, "without them it is taken"


@pytest.mark.parametrize("product", ["@abcd@abcd " + "x" * 107, "SF19 ABCwww.a.b " + "x" * 100, "@abcd" * 24])
def test_a_text_that_grows_when_accounts_are_taken_out_is_put_right_and_not_lost(
    worker: Client, product: str
) -> None:
    assert len(product) <= 120
    form = opened(worker)
    answer = worker.post("/sightings/new/", {**form, **told(product=product)})
    if answer.status_code == 422:
        assert "at most 120" in text_of(answer)
        assert "@abcd" not in text_of(answer)
        assert worker.post("/sightings/new/", {**form, **told(product="blues")}).status_code == 302
    else:
        assert answer.status_code == 302
    assert Waiting.objects.count() == 1


def test_sent_again_after_it_went_on_it_still_counts_once(worker: Client) -> None:
    form = {**opened(worker), **told(words=f"dm {HANDLE}")}
    assert worker.post("/sightings/new/", form).status_code == 302
    Waiting.objects.all().delete()  # as when it goes on
    answer = worker.post("/sightings/new/", form)
    assert (answer.status_code, answer["Location"]) == (302, "/sightings/told/")
    assert not Waiting.objects.exists()
    assert Telling.objects.count() == 1


def test_a_form_that_somebody_else_sent_gets_no_thanks_for_what_is_not_kept(worker: Client) -> None:
    form = {**opened(worker), **told()}
    assert worker.post("/sightings/new/", form).status_code == 302
    for _ in range(2):
        answer = another().post("/sightings/new/", {**form, **told(accounts=digest_of("wee.otter_12"))})
        assert answer.status_code == 422
        assert "Open the page anew" in text_of(answer)
        Waiting.objects.all().delete()
    assert not AccountsNamed.objects.exists()


def test_what_was_taken_back_and_is_sent_again_gets_no_thanks(worker: Client) -> None:
    form = {**opened(worker), **told()}
    worker.post("/sightings/new/", form)
    worker.post(f"/sightings/{Waiting.objects.get().ref}/take-back/")
    answer = worker.post("/sightings/new/", form)
    assert answer.status_code == 422
    assert "you took it back" in text_of(answer).lower()
    assert not Waiting.objects.exists()


def test_whoever_takes_one_back_reads_that_its_account_still_counts(worker: Client) -> None:
    tell(worker, words=f"dm {HANDLE}")
    answer = worker.post(f"/sightings/{Waiting.objects.get().ref}/take-back/", follow=True)
    assert "If it named an account, that still counts as named this month" in text_of(answer)
    stopped = tell(worker, words=f"dm {HANDLE}")
    assert stopped.status_code == 422
    assert "Or did you take yours back, to tell it anew?" in text_of(stopped)
    assert tell(worker, words="dm [handle]").status_code == 302


def test_sent_twice_at_the_same_time_it_is_not_stopped_by_itself(
    worker: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second comes whole while the first was compared and is not kept yet."""
    form = {**opened(worker), **told(words=f"dm {HANDLE}")}
    compared = services._stopped
    codes: list[int] = []

    def and_again(*given: Any) -> bool:
        stopped = compared(*given)
        monkeypatch.setattr(services, "_stopped", compared)
        codes.append(worker.post("/sightings/new/", form).status_code)
        return stopped

    monkeypatch.setattr(services, "_stopped", and_again)
    codes.append(worker.post("/sightings/new/", form).status_code)
    assert codes == [302, 302]
    assert Waiting.objects.count() == Telling.objects.count() == 1
