"""What each cookie of the site says of itself, by where the site is reached."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path

import pytest

from forked import run
from lippen.site.keys import make_keys

SIGN_IN_AND_OUT = """
import json, sys, django
django.setup()
from django.conf import settings
from django.test import Client
from lippen.site.accounts.models import Organisation, Person
password = "four words not together"
person = Person(name="Ailsa Gow", email="ailsa@example.org")
person.set_password(password)
person.save()
ours = Organisation.objects.create(name="Housing", kind="housing", regime="uk-gdpr")
person.roles.create(organisation=ours, role="worker")
scheme, host = sys.argv[1].split("://")
browser = Client(enforce_csrf_checks=True, headers={"host": host, "origin": sys.argv[1]})
def send(path, **fields):
    token = browser.cookies[settings.CSRF_COOKIE_NAME].value
    answer = browser.post(path, {**fields, "csrfmiddlewaretoken": token}, secure=scheme == "https")
    assert answer.status_code == 302, answer.content.decode()
    return answer
form = browser.get("/sign-in/", secure=scheme == "https")
signed_in = send("/sign-in/", login=person.email, password=password)
out = send("/sign-out/")
lines = lambda answer: [one.OutputString() for one in answer.cookies.values()]
strict = form.get("Strict-Transport-Security", "")
print(json.dumps({"set": lines(form) + lines(signed_in), "taken_back": lines(out), "strict": strict}))
"""


@dataclass(frozen=True)
class Told:
    """What a browser was sent: the cookies of signing in, those of signing out, and whether to keep to
    HTTPS.
    """

    cookies: SimpleCookie
    taken_back: SimpleCookie
    strict: str


def in_a_site(workspace: Path, *asked: str) -> str:
    """What Python says when it runs this over the settings of this workspace, on SQLite."""
    ours = {"LIPPEN_WORKSPACE": str(workspace), "DJANGO_SETTINGS_MODULE": "lippen.site.settings"}
    kept = {name: text for name, text in os.environ.items() if name != "DATABASE_URL"}
    done = run(*asked, env={**kept, **ours})
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of a site in which nobody is yet: half of the time of each sign-in went to making it."""
    workspace = tmp_path_factory.mktemp("migrated")
    make_keys(workspace / "keys")
    in_a_site(workspace, "-m", "django", "migrate", "--verbosity=0")
    return workspace / "lippen.sqlite3"


def sign_in_and_out(workspace: Path, migrated: Path, origins: list[str], at: str) -> Told:
    """What somebody is sent who signs in and out `at` a site of these origins."""
    make_keys(workspace / "keys")
    shutil.copy(migrated, workspace)
    (workspace / "site.toml").write_text(f"origins = {json.dumps(origins)}", "utf-8")
    told = json.loads(in_a_site(workspace, "-c", SIGN_IN_AND_OUT, at).splitlines()[-1])
    cookies, taken_back = SimpleCookie(), SimpleCookie()
    for lines, jar in ((told["set"], cookies), (told["taken_back"], taken_back)):
        for line in lines:
            jar.load(line)
    return Told(cookies, taken_back, told["strict"])


ONION = f"http://{'a' * 56}.onion"


@pytest.mark.parametrize(
    ("origins", "at", "secure"),
    [
        (["https://lippen.example"], "https://lippen.example", True),
        (["https://lippen.example", ONION], "https://lippen.example", True),
        (["https://lippen.example", ONION], ONION, True),
        (["https://[fd00::1]"], "https://[fd00::1]", True),
        ([ONION], ONION, False),
        ([], "http://localhost:8000", False),
    ],
)
def test_each_cookie_is_out_of_reach_and_bound_to_https_where_there_is_https(
    tmp_path: Path, migrated: Path, origins: list[str], at: str, secure: bool
) -> None:
    told = sign_in_and_out(tmp_path, migrated, origins, at)
    prefix = "__Host-" if secure else ""
    session, form, device = f"{prefix}lippen-session", f"{prefix}lippen-form", "lippen-device"
    assert {session, form, device} <= set(told.cookies)
    for name, cookie in told.cookies.items():
        assert cookie["httponly"], f"{name} can be read by scripts"
        assert cookie["samesite"] == "Strict", name
        assert cookie["path"] == "/", name
        assert cookie["domain"] == "", f"{name} is sent to other hosts"
        assert bool(cookie["secure"]) == secure, name
    assert told.cookies[session]["max-age"] == told.cookies[session]["expires"] == "", (
        "it goes with the browser"
    )
    gone = told.taken_back[session]
    assert (gone["max-age"], bool(gone["secure"])) == ("0", secure), "else a browser keeps it"
    assert bool(told.strict) == at.startswith("https://"), "a browser heeds it over HTTPS alone"
