"""People of a small town, and how they come in: by the pages, as anybody would."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client
from django.utils import timezone

from lippen.site.accounts.arrivals import let_in
from lippen.site.accounts.models import Organisation, Person
from lippen.site.accounts.services import make_organisation, make_person

PASSWORD = "four words not together"  # noqa: S105 - nobody has it


def organisation(
    name: str = "Braeside Tenants' Voice", kind: str = "community-group", regime: str = "uk-gdpr"
) -> Organisation:
    return Organisation.objects.filter(name=name).first() or make_organisation(name, kind, regime)


def person(word: str, *roles: str, at: Organisation | None = None, days_here: int = 30) -> Person:
    """Somebody whom colleagues have met, and who has been here for this many days."""
    place = at or organisation()
    made = make_person(
        word.capitalize(), f"{word}@example.org", [(place, role) for role in roles], password=PASSWORD
    )
    made.arrivals.update(on=timezone.localdate() - timedelta(days=days_here))
    return made


def works_also(who: Person, role: str, at: Organisation) -> None:
    """Somebody works in a second organisation as well, as if they had been let in there long ago."""
    let_in(who, at, "system", timezone.localdate() - timedelta(days=30))
    who.roles.create(organisation=at, role=role)


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
    found = re.search(r'<code class="secret">((?:<span>[A-Z2-7]{1,4}</span> )+)</code>', page)
    assert found, page
    return re.sub("<[^>]+>| ", "", found[1])


def link_on(page: str) -> str:
    """The path of the one-time link that a page shows."""
    found = re.search(r"<code>https?://[^/]+(/[^<]+)</code>", page)
    assert found, page
    return found[1]


def signed_in(who: Person) -> Browser:
    """A browser in which somebody has just signed in with a second step, an app for codes, as tests find it
    done that are not about signing in.
    """
    TOTP.activate(who, generate_totp_secret())
    browser = Browser()
    browser.force_login(who)
    session = browser.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time(), "username": who.email},
        {"method": "mfa", "at": time.time(), "type": "totp", "reauthenticated": True},
    ]
    session["account_authentication_methods_user"] = str(who.pk)
    session.save()
    return browser


def signed_in_by_pages(who: Person) -> Browser:
    """A browser in which somebody has come in by the pages and set up an app, with spare codes."""
    browser = Browser()
    assert browser.enter(who).status_code == 302
    browser.set_up_app()
    return browser


def send(browser: Browser, path: str, sent: dict[str, str] | None = None) -> str:
    """Send a form, saying again who one is where that is asked, and return what the page then says."""
    answer = browser.post(path, sent or {}, follow=True)
    if any(to.startswith("/you/again/") for to, _ in answer.redirect_chain):
        browser.again()
        answer = browser.post(path, sent or {}, follow=True)
    return str(answer.content.decode())
