"""People of a small town, and how they come in: by the pages, as anybody would."""

from __future__ import annotations

import re
import time
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from lippen.site.accounts.models import Organisation, Person
from lippen.site.accounts.services import make_organisation, make_person

PASSWORD = "four words not together"  # noqa: S105 - nobody has it


def organisation(
    name: str = "Braeside Tenants' Voice", kind: str = "community-group", regime: str = "uk-gdpr"
) -> Organisation:
    return Organisation.objects.filter(name=name).first() or make_organisation(name, kind, regime)


def person(word: str, *roles: str, at: Organisation | None = None) -> Person:
    place = at or organisation()
    return make_person(
        word.capitalize(), f"{word}@example.org", [(place, role) for role in roles], password=PASSWORD
    )


def code_of(secret: str, step: int = 0) -> str:
    """The code that an app shows now, or so many half minutes from now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step)))


class Browser(Client):
    """Django's client as somebody at a browser: it says again who it is when asked."""

    def enter(self, who: Person, password: str = PASSWORD, **more: Any) -> Any:
        return self.post("/sign-in/", {"login": who.email, "password": password, **more})

    def again(self, password: str = PASSWORD) -> Any:
        return self.post("/you/again/", {"password": password})

    def set_up_app(self) -> str:
        """Set up an app for codes and return its secret."""
        page = self.get("/you/security/app/")
        if page.status_code == 302:
            assert page["Location"].startswith("/you/again/"), page["Location"]
            self.again()
            page = self.get("/you/security/app/")
        secret = secret_on(page.content.decode())
        answer = self.post("/you/security/app/", {"code": code_of(secret)})
        assert answer.status_code == 302, answer.content.decode()
        return secret

    def give_code(self, secret: str, step: int = 1) -> Any:
        return self.post("/second-step/", {"code": code_of(secret, step)})


def secret_on(page: str) -> str:
    found = re.search(r'<code class="secret">([A-Z2-7]+)</code>', page)
    assert found, page
    return found[1]


def link_on(page: str) -> str:
    """The path of the one-time link that a page shows."""
    found = re.search(r"<code>https?://[^/]+(/[^<]+)</code>", page)
    assert found, page
    return found[1]


def signed_in(who: Person) -> Browser:
    """A browser in which somebody is signed in with a second step."""
    browser = Browser()
    assert browser.enter(who).status_code == 302
    browser.set_up_app()
    return browser
