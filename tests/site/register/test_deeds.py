"""Each line of the register says what was done, in words that tell one act from another, and to whom."""

from __future__ import annotations

import csv
import html
import io
import re
from itertools import product

import pytest
import what_is_entered
from django.db import transaction
from django.test import Client
from django.utils import timezone
from people_factory import acting_as, make_colleague, make_organisation, signed_in

from lippen.site.accounts import entering, invitations, leaving, own_account, partners, register_deeds, roles
from lippen.site.accounts.permissions import permissions
from lippen.site.register.models import Act, Entry
from lippen.site.register.services import SYSTEM, Reader, Records, enter_change, enter_reading

RAW = re.compile(r"\b(?:\w+_\w+|totp|webauthn|none|system|[a-z]+-in-step|check-reading)\b")
"""Names that only the program uses."""

FILLED = {
    "found.purpose": list(permissions().purposes),
    "purpose": list(permissions().purposes),
    "instance.type": ["totp", "webauthn", "recovery_codes"],
    "role": list(permissions().roles),
    "held.role": list(permissions().roles),
    "found.role": list(permissions().roles),
    "verb": list(permissions().verbs),
    "data": list(permissions().data),
    "what": ["an account", "a means of sign-in", "a role"],
}
"""What can stand in the place of each part that is known only when the program runs."""


def filled(text: str) -> list[str]:
    parts = re.findall(r"\{([^}]+)\}", text)
    whole = []
    for values in product(*(FILLED[one] for one in parts)):
        made = text
        for part, value in zip(parts, values, strict=True):
            made = made.replace(f"{{{part}}}", value)
        whole.append(made)
    return whole


def told(what: str, role: str = "worker", *, itself: bool = False) -> str:
    return register_deeds.in_words(what, role, "Ailsa Reid", "Homes", itself) or what


def test_the_code_is_read_whole() -> None:
    found = what_is_entered.texts()
    assert {"people", "a person left", "a role given: {role}", "own passkeys", "own password"} <= found
    assert {"the register, taken out as a file", "everything, when the site was closed"} <= found


def test_no_text_that_the_code_can_write_shows_a_raw_name() -> None:
    # Not a test for each: every process that collects tests would read the whole code for their names.
    for what in [one for text in sorted(what_is_entered.texts()) for one in filled(text)]:
        for itself in (True, False):
            words = told(what, itself=itself)
            assert not RAW.search(words), words
            assert "{" not in words


def test_neither_a_password_is_seen_nor_a_line_altered_by_the_words_for_it() -> None:
    assert told("own password", itself=True) == "opened the page on which one changes one's password"
    assert told("the key that seals the register", itself=False) == "replaced the key that seals the register"


def test_no_two_changes_are_told_alike() -> None:
    written = {one.split(":")[0] for one in _known()}
    changes = [what for what in register_deeds.DEEDS if what in written]
    assert len(changes) == len(register_deeds.DEEDS), "words for an act that no code writes"
    for itself in (True, False):
        said = [told(f"{what}: worker", itself=itself) for what in changes]
        assert len(set(said)) == len(said)


def _known() -> set[str]:
    return {re.sub(r" \(.+\)$", "", one) for one in what_is_entered.texts()}


class Town:
    """Homes with an administrator, a worker and an officer; a police officer; somebody of the panel."""

    def __init__(self) -> None:
        self.homes = make_organisation("housing", name="Homes")
        self.ann = make_colleague(self.homes, "administrator", name="Ann Orr")
        self.ailsa = make_colleague(self.homes, "worker", name="Ailsa Reid")
        self.dina = make_colleague(self.homes, "protection-officer", name="Dina Law")
        self.jean = make_colleague(make_organisation("scrutiny-panel"), "panel", name="Jean Roy")
        self.lab = make_organisation("health", name="Lab")
        self.callum = make_colleague(self.lab, "researcher", name="Callum Wishart")
        self.acting = acting_as(self.ann)


@pytest.fixture
def town(transactional_db: None) -> Town:  # noqa: ARG001
    return Town()


def lines(client: Client, path: str = "/register/") -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content.decode()
    rows = re.findall(r"<tr[^>]*><th[^>]*rowheader.*?</tr>", answer.content.decode(), re.S)
    return [html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row))) for row in rows]


def said(client: Client, path: str = "/register/") -> str:
    return "\n".join(lines(client, path))


def test_each_act_is_told_with_whom_it_was_about(town: Town) -> None:
    role = roles.give_role(town.acting, town.ailsa.ref, "co-ordinator", timezone.localdate())
    roles.end_role(town.acting, role)
    invitations.invite(
        town.acting, organisation_ref=town.homes.ref, role="worker", name="Bob Kerr", email="b@example.org"
    )
    partners.add_organisation(town.acting, "Harbour School", "school", "uk-gdpr")
    leaving.leave(town.acting, town.ailsa.ref, town.dina.ref)
    for who in (town.ann, town.dina, town.jean):
        told_to = said(signed_in(who))
        for deed in (
            "Ann Orr (Administrator, Homes) gave Ailsa Reid the role Co-ordinator",
            "Ann Orr (Administrator, Homes) ended the role Co-ordinator of Ailsa Reid",
            "Ann Orr (Administrator, Homes) invited Bob Kerr into the role Worker",
            "Ann Orr (Administrator, Homes) added the organisation Harbour School",
            "Ann Orr (Administrator, Homes) let Ailsa Reid leave",
        ):
            assert deed in told_to
    assert "Ann Orr" not in said(signed_in(town.callum), "/you/reading/")


def test_whom_a_line_names_is_entered_as_read(town: Town) -> None:
    roles.give_role(town.acting, town.ailsa.ref, "co-ordinator", timezone.localdate())
    said(signed_in(town.jean))
    shown = Entry.objects.latest("pk").shown.filter(data_class="staff").values_list("record", flat=True)
    assert set(shown) == {town.ann.ref, town.ailsa.ref}


def test_who_finds_a_line_because_it_is_about_her_learns_no_other_name_from_it(town: Town) -> None:
    records = [Records("staff", (town.ailsa.ref, town.dina.ref))]
    with transaction.atomic():
        enter_change(town.acting.reader, Act.ALTERATION, "a person left", records, purpose="leaving")
    hers = said(signed_in(town.ailsa), f"/register/record/staff/{town.ailsa.ref}/")
    assert "let Ailsa Reid leave" in hers
    assert "Dina Law" not in hers


def test_whoever_came_in_by_a_link_is_named(town: Town) -> None:
    token = invitations.invite(
        town.acting, organisation_ref=town.homes.ref, role="worker", name="Bob Kerr", email="b@example.org"
    )
    entering.behind(token)
    entering.accept(token, name="Robert Kerr", password="a long enough passphrase")  # noqa: S106 - nobody's
    told_to = said(signed_in(town.jean))
    assert "Robert Kerr (by an invitation, Homes) came in by an invitation" in told_to
    assert "is gone" not in told_to


def test_lines_are_found_by_act_and_by_a_part_of_the_name(town: Town) -> None:
    people = signed_in(town.ailsa).get("/people/")
    assert people.status_code == 200
    roles.give_role(town.acting, town.ailsa.ref, "co-ordinator", timezone.localdate())
    jean = signed_in(town.jean)
    changed = said(jean, "/register/?act=alteration")
    assert "gave Ailsa Reid" in changed
    assert "Ailsa Reid (" not in changed
    hers = said(jean, "/register/?name=reid")
    assert "Ailsa Reid (" in hers
    assert "Ann Orr" not in hers
    assert said(jean, "/register/?name=nobody+of+this+name") == ""
    assert jean.get("/register/?act=nonsense").status_code == 422


def test_a_name_finds_nothing_beyond_ones_own_reach(town: Town) -> None:
    assert signed_in(town.callum).get("/you/reading/").status_code == 200
    assert said(signed_in(town.dina), "/register/?name=callum") == ""
    assert "What was done" in (page := signed_in(town.ailsa).get("/register/").content.decode())
    assert "Who did it" not in page, "all her lines are hers"


def test_lines_about_ones_own_account_can_be_left_out(town: Town) -> None:
    ailsa = signed_in(town.ailsa)
    ailsa.get("/you/")
    ailsa.get("/people/")
    assert "looked at their own account" in said(ailsa)
    left = said(ailsa, "/register/?but_own=on")
    assert "own account" not in left
    assert "Ailsa Reid (Worker, Homes) read 3 people" in left
    assert own_account.PURPOSE not in left


def test_a_file_names_the_records_by_reference_and_only_those_lines_that_were_asked_for(town: Town) -> None:
    signed_in(town.ailsa).get("/people/")
    roles.give_role(town.acting, town.ailsa.ref, "co-ordinator", timezone.localdate())
    answer = signed_in(town.dina).get("/register/export.csv?act=alteration")
    taken = Entry.objects.latest("pk")
    assert taken.act == Act.DISCLOSURE, "entered before the first line"
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["what"] == "a role given: co-ordinator"
    assert row["records"] == f"staff:{town.ailsa.ref}"
    assert taken.shown.filter(data_class="register").values_list("record", flat=True).get() == row["id"]


def test_the_program_itself_acts_in_no_role(town: Town) -> None:
    with transaction.atomic():
        number = enter_change(SYSTEM, Act.ALTERATION, "how long", [], purpose="to keep them")
    page = signed_in(town.jean).get(f"/register/{number}/").content.decode()
    assert "none: the program did it by itself" in page
    assert "is gone" not in page


def test_who_holds_no_role_is_told_to_hold_none(town: Town) -> None:
    reader = Reader(town.ailsa.ref, "none", "none", "uk-gdpr")
    with transaction.atomic():
        record = [Records("staff", (town.ailsa.ref,))]
        enter_change(reader, Act.ALTERATION, "a means of sign-in added (webauthn)", record, purpose="sign-in")
    assert "Ailsa Reid (no role) added a passkey to their own account" in said(signed_in(town.jean))


def test_a_researcher_sees_her_own_reading_and_nobody_who_read_about_her(town: Town) -> None:
    admin = acting_as(make_colleague(town.lab, "administrator", name="Morag Shaw"))
    about = [Records("staff", (town.callum.ref,))]
    enter_reading(admin.reader, Act.CONSULTATION, "a person", about, purpose="to see")
    callum = signed_in(town.callum, second_factor=False)
    way = callum.get("/you/").content.decode()
    assert 'href="/you/reading/"' in way
    hers = said(callum, "/you/reading/")
    assert "Callum Wishart (Researcher, Lab) looked at their own account" in hers
    assert "Morag" not in hers
    assert "Open line" not in hers, "a line's page is closed to this role"
    assert callum.get(f"/you/reading/?reader={admin.person.ref}").status_code == 200
    assert said(callum, f"/you/reading/?reader={admin.person.ref}") == ""
    entered = Entry.objects.latest("pk")
    assert (entered.reader, entered.what) == (town.callum.ref, "the register")


def test_who_holds_no_role_any_more_still_sees_what_they_read(town: Town) -> None:
    signed_in(town.callum).get("/you/")
    town.callum.roles.all().delete()
    assert "looked at their own account" in said(signed_in(town.callum), "/you/reading/")
