"""One word for each means of sign-in, errors that say plainly what to do, and no name in a cookie."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from entering_people import Browser, organisation, person, signed_in_by_pages

from lippen.site.accounts.models import ApiKey
from lippen.site.register.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)


def text_of(browser: Browser, path: str) -> str:
    page = browser.get(path, follow=True).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_a_passkey_is_offered_as_a_second_step_only_to_who_has_one() -> None:
    morag = person("morag", "worker")
    signed_in_by_pages(morag)
    browser = Browser()
    browser.enter(morag)
    asked = text_of(browser, "/second-step/")
    assert "Now show that it is you" in asked
    assert "passkey" not in asked.partition("I have lost my phone")[0]


def test_ways_to_say_again_who_one_is_have_the_words_of_all_other_pages() -> None:
    browser = signed_in_by_pages(person("morag", "worker"))
    asked = text_of(browser, "/you/again/")
    assert "Use your app for codes, or a spare code" in asked
    assert "uthenticator" not in asked
    assert "security key" not in asked


def test_how_many_spare_codes_are_left_is_shown() -> None:
    morag = person("morag", "worker")
    browser = signed_in_by_pages(morag)
    assert "You have 10 left." in text_of(browser, "/you/security/")


def test_the_secret_of_an_app_stands_in_groups_of_four_that_spell_it() -> None:
    morag = person("morag", "worker")
    browser = Browser()
    browser.enter(morag)
    browser.get("/you/security/app/")
    browser.again()
    page = browser.get("/you/security/app/").content.decode()
    groups = re.findall(r"<span>([A-Z2-7]+)</span>", page)
    assert len(groups) > 4
    assert {len(one) for one in groups[:-1]} == {4}


def test_a_key_says_who_made_it_and_that_is_a_reading_about_them() -> None:
    ann, bob = person("ann", "administrator"), person("bob", "administrator")
    made = {"use": "staff-in-step:administrator", "days": "30"}
    assert signed_in_by_pages(ann).post("/programs/add/", made).status_code == 200
    browser = signed_in_by_pages(bob)
    assert re.search(r"Administrator\s+Ann\s", text_of(browser, "/programs/"))
    shown = Entry.objects.filter(what="keys for programs", reader=bob.ref).get().shown
    made_key = ApiKey.objects.get()
    records = shown.order_by("data_class").values_list("data_class", "record")
    assert list(records) == [("api-key", made_key.ref), ("staff", ann.ref)]
    ann.roles.all().delete()
    ann.delete()
    assert ApiKey.objects.exists()
    assert "somebody who is gone" in text_of(browser, "/programs/")


def test_a_number_out_of_bounds_is_answered_in_plain_words_with_a_way_to_the_box() -> None:
    browser = signed_in_by_pages(person("ann", "administrator"))
    wrong = browser.post("/programs/add/", {"use": "staff-in-step:administrator", "days": "400"})
    page = wrong.content.decode()
    assert wrong.status_code == 422
    assert '<a href="#id_days">Days until the key runs out: Write a number that is 365 or less.</a>' in page
    assert "Ensure" not in page


def test_what_is_refused_begins_with_a_capital_and_leads_to_its_box() -> None:
    ann = person("ann", "administrator")
    there = organisation()
    told = {"organisation": there.ref, "role": "worker", "name": "Ann", "email": ann.email}
    wrong = signed_in_by_pages(ann).post("/invitations/new/", told)
    summary = re.findall(r'<li><a href="#(id_\w+)">([^<]+)</a></li>', wrong.content.decode())
    assert [line for _, line in summary] == [
        "E-mail address: Nobody gives a role to themselves. Ask another administrator of your organisation."
    ]
    assert f'id="{summary[0][0]}' in wrong.content.decode()


def test_no_message_and_so_no_name_travels_in_a_cookie() -> None:
    ann, bob = person("ann", "administrator"), person("bob", "worker")
    browser = signed_in_by_pages(ann)
    answer = browser.post(f"/people/{bob.ref}/leave/", {"successor": ann.ref})
    assert answer.status_code == 302
    assert browser.cookies.keys() <= {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME} | {
        one for one in browser.cookies if "device" in one
    }
    assert "Bob" in text_of(browser, answer["Location"])
