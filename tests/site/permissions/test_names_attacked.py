"""Names that hide something, that stand for somebody else, or under which a recipient who is ruled out comes
in.
"""

from __future__ import annotations

import pytest
from django.test import Client
from people_factory import acting_as, make_colleague, make_organisation, signed_in

from lippen.site.accounts import entering, invitations, partners
from lippen.site.accounts.models import Organisation, Person
from lippen.site.accounts.names import NameRefused, checked
from lippen.site.accounts.permissions import permissions
from lippen.site.accounts.services import make_organisation as found
from lippen.site.accounts.services import make_person

pytestmark = pytest.mark.django_db

PASSWORD = "four words not together"  # noqa: S105 - nobody has it

RULED_OUT = [
    "Department for Work & Pensions", "Dept of Work+Pensions", "Work \uff06 Pensions", "Work, Pensions",
    "Job Centre Plus", "JobcentrePlus", "Job Center North", "Jobcentres", "HomeOffice Visas",
    "TheHomeOffice", "Home Offices", "Home\u2010Office", "Home-Office liaison", "UK Visas & Immigrations",
    "UKVI", "U.K.V.I.", "D W P", "D.W.P.", "DWPs", "DVVP", "Immi gration Enforcement",
    "I m m i g r a t i o n",
    "\u041d\u043eme Office", "\u041d\u043e\u043c\u0435 Office", "H0me 0ff1ce", "Horne Office",
    "\u0397\u03bfme Office", "lmmigration", "Immigrat\u0131on", "H\u00f8me \u00d6ffice", "HOME OFFICE",
    "\u029c\u1d0f\u1d0d\u1d07 Office", "\U0001f177\U0001f17e\U0001f17c\U0001f174 Office", "Home\u00a0Office",
    "Ho\u200bme Office", "Border\u3164Force", "B\u00f3rder F\u00f3rce", "Benef\u0456t fraud",
    "Benefits-fraud squad", "Visa Enforcement 7eam", "Deportations",
    "HMRC", "H.M. Revenue and Customs", "HM Revenue & Customs", "Revenue, Customs North", "UK Visas",
    "Department for Work and Pensions", "DWP", "Home Office", "Border Force", "UK Visas and Immigration",
]  # fmt: skip

HONEST = [
    "Homes for Work and Family", "Jobs and Training Centre", "Job Centred Learning", "Braeside Homes Office",
    "At Home Officers' Club", "Home from the Office", "Visitors' Home", "Official Borders Choir",
    "Borders Forces' Families", "Community Benefit Society", "Workers' Pensions Advice",
    "Work and Pensioners' Club", "Diane W. Price Trust", "D. W. Pringle Housing", "Dewpoint Gardens",
    "Asylum Seekers' Welcome", "Visas Explained", "Fraud and Scams Help", "The Benefit of Music",
    "Reborder Forest School", "Homeless Officers' Mess", "Central Works & Pension Fund", "UK Vineyard Church",
    "Immigrant Women's Aid", "Braeside Tenants' Voice", "Invermarrow Homes", "4Ward", "360 Degrees",
    "T\u00e8ile Ph\u00e0ipear", "\u0414\u0456\u043c \u043d\u0430\u0434\u0456\u0457", "Caf\u00e9 Ol\u00e9",
]  # fmt: skip


@pytest.mark.parametrize("name", RULED_OUT)
def test_a_recipient_who_is_ruled_out_is_known_however_the_name_is_spelt(name: str) -> None:
    assert permissions().excluded_word(name)
    admin = acting_as(make_colleague(make_organisation("housing"), "administrator"))
    with pytest.raises(partners.PartnerRefused):
        partners.add_organisation(admin, name, "housing", "uk-gdpr")


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_partner_is_added(name: str) -> None:
    admin = acting_as(make_colleague(make_organisation("housing"), "administrator"))
    partners.add_organisation(admin, name, "housing", "uk-gdpr")
    assert Organisation.objects.filter(name=name).exists()


def test_who_only_helps_people_in_that_field_is_told_what_to_do() -> None:
    client = signed_in(make_colleague(make_organisation("housing"), "administrator"))
    sent = {"name": "Migrants' Immigration Advice Centre", "kind": "community-group", "regime": "uk-gdpr"}
    page = client.post("/organisations/add/", sent).content.decode()
    assert "the name says “immigration”" in page
    assert "write the name without that word, and say why in the agreement with them" in page
    client.post("/organisations/add/", {**sent, "name": "Migrants' Advice Centre"})
    assert Organisation.objects.filter(name="Migrants' Advice Centre").exists()


def test_the_public_page_says_what_is_looked_at_and_what_is_not_seen() -> None:
    page = Client().get("/permissions/").content.decode()
    assert "No such organisation can be added" not in page
    assert "the program looks at its kind and at its name" in page
    assert "hmrc" in page
    assert "It cannot see what somebody does who goes by another name" in page


HIDING = {
    "Mal\u202etxt": "U+202E", "Mal\u2066": "U+2066", "M\u200bal": "U+200B", "Mal\r\nBcc: x": "U+000D",
    "Mal\u2028x": "U+2028", "Mal\x00x": "U+0000", "M\u00adal": "U+00AD", "Mal\U000e0041": "U+E0041",
    "M\u034fal": "U+034F", "Mal\ufe0f": "U+FE0F", "\u3164": "U+3164", "\u200b": "U+200B", "\u2800": "U+2800",
    "\uffa0": "U+FFA0", "Mal\ue000": "U+E000",
}  # fmt: skip


@pytest.mark.parametrize(("name", "sign"), HIDING.items())
def test_a_name_with_a_sign_that_nobody_sees_is_refused_and_the_sign_is_named(name: str, sign: str) -> None:
    with pytest.raises(NameRefused, match=f"no sign that cannot be seen.*{sign[2:]}"):
        checked(name)
    ours = make_organisation("housing")
    with pytest.raises(partners.PartnerRefused):
        partners.add_organisation(acting_as(make_colleague(ours, "administrator")), name, "health", "uk-gdpr")


@pytest.mark.parametrize("name", ["", "  ", "...", "\u00a0", "-", "n" * 121, "J\u0435an", "Je\u03b1n Smith"])
def test_a_name_that_is_blank_too_long_or_of_two_alphabets_in_one_word_is_refused(name: str) -> None:
    with pytest.raises(NameRefused):
        checked(name)


@pytest.mark.parametrize(
    "name",
    ["Se\u00e1n O\u2019Neil", "Se\u00e1n  O'Neil", "Jean-Luc", "\u0410\u043d\u043d\u0430 Smith", "\u9648 Wei",
     "Nguy\u1ec5n Th\u1ecb", "J. R. R.", "\u0645\u0631\u064a\u0645",
     "Ka\u02bbiulani", "Ayd\u0131n", "\u00de\u00f3r"],
)  # fmt: skip
def test_the_names_of_people_are_kept_as_they_write_them(name: str) -> None:
    assert checked(name) == " ".join(name.split())


@pytest.mark.parametrize(
    "name",
    ["The program itself", "THE  PROGRAM ITSELF", "The pr\u00f6gram itse1f", "The programme itself",
     "The program itself (night)", "Somebody who is gone", "A program of Invermarrow Homes"],
)  # fmt: skip
def test_nobody_is_called_as_the_register_calls_the_program(name: str) -> None:
    with pytest.raises(NameRefused, match="register"):
        checked(name)


def invited_by(admin: Person, name: str, email: str) -> str:
    own = acting_as(admin)
    return invitations.invite(
        own, organisation_ref=own.organisation.ref, role="worker", name=name, email=email
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "name",
    ["Morag Sillars", "morag  sillars", "Morag Si11ars", "Mor\u00e4g Sillars", "MoragSillars",
     "\u041cor\u0430g Sillars", "The program itself", "Mo\u202erag"],
)  # fmt: skip
def test_whoever_comes_in_takes_no_name_of_a_colleague_and_is_told_why(name: str) -> None:
    ours = make_organisation("housing")
    admin = make_colleague(ours, "administrator", name="Morag Sillars")
    token = invited_by(admin, "Jean", "jean@example.org")
    sent = {"name": name, "password": PASSWORD, "again": PASSWORD}
    page = Client().post(f"/invitations/open/{token}/", sent)
    assert page.status_code == 422
    assert 'href="#id_name"' in page.content.decode(), "the summary of errors leads to the name"
    assert not Person.objects.filter(email="jean@example.org").exists()
    again = Client().post(f"/invitations/open/{token}/", {**sent, "name": "Morag Sillars, night team"})
    assert again.status_code == 302, "the link is still there, and a name that tells them apart will do"


def test_an_invitation_in_the_name_of_a_colleague_is_refused_where_it_is_written() -> None:
    ours = make_organisation("housing")
    client = signed_in(make_colleague(ours, "administrator", name="Morag Sillars"))
    sent = {"name": "Morag  SILLARS", "email": "m@example.org", "role": "worker", "organisation": ours.ref}
    page = client.post("/invitations/new/", sent).content.decode()
    assert "looks like it" in page
    assert "/invitations/open/" not in page


def test_who_comes_back_keeps_their_own_name_and_takes_nobody_else_s() -> None:
    ours = make_organisation("housing")
    admin = make_colleague(ours, "administrator", name="Morag Sillars")
    jean = make_colleague(ours, "worker", name="Jean Laird")
    jean.roles.update(until=jean.roles.get().since)
    Person.objects.filter(pk=jean.pk).update(is_active=False)
    token = invited_by(admin, "Jean Laird", jean.email)
    with pytest.raises(NameRefused, match="looks like it"):
        entering.accept(token, name="Morag Sillars", password=PASSWORD)
    assert entering.accept(token, name="Jean Laird", password=PASSWORD).ref == jean.ref


def test_two_people_of_one_name_work_in_two_organisations() -> None:
    for kind in ("housing", "health"):
        place = found(f"Our {kind}", kind, "uk-gdpr")
        make_person("Jean Smith", f"{kind}@example.org", [(place, "worker")], password=PASSWORD)
    assert Person.objects.filter(name="Jean Smith").count() == 2


def test_a_partner_whose_name_looks_like_another_s_is_refused() -> None:
    ours = make_organisation("housing", name="Invermarrow Homes")
    admin = acting_as(make_colleague(ours, "administrator"))
    for name in ("lnvermarrow Homes", "Invermarrow H\u043emes", "InvermarrowHomes", "The program itself"):
        with pytest.raises(partners.PartnerRefused):
            partners.add_organisation(admin, name, "health", "uk-gdpr")
