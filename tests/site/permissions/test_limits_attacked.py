"""The file of permissions, changed by somebody who may write it and not the program: it opens no more."""

from __future__ import annotations

import re
import tomllib
from importlib import resources

import pytest

from lippen.site.accounts import limits
from lippen.site.accounts.models import OrganisationKind
from lippen.site.accounts.permissions import parse, permissions

TEXT = resources.files("lippen.site.accounts").joinpath("permissions.toml").read_text("utf-8")
NEVERS = re.compile(r"\[\[never\]\]\n(?:[^\[]|\[(?!\[))*")
WORDS = re.compile(r"(\[excluded\]\nwords = )\[[^\]]*\]")
BOTH_LAWS = '["uk-gdpr", "law-enforcement"]'


def in_entry(entry: str, old: str, new: str) -> str:
    """The file with `old` changed to `new` within one entry."""
    head, found, rest = TEXT.partition(f"[{entry}]\n")
    body, _, end = rest.partition("\n\n")
    assert found, entry
    assert re.search(old, body), (entry, old)
    return f"{head}{found}{re.sub(old, new, body, count=1)}\n\n{end}"


def rule(role: str, verbs: str, data: str, laws: str = BOTH_LAWS, scope: str = "organisation") -> str:
    return (
        f'\n[[rules]]\nroles = ["{role}"]\nverbs = {verbs}\ndata = {data}\nregimes = {laws}\n'
        f'scope = "{scope}"\nwhy = "A reason."\n'
    )


def role(name: str, kind: str) -> str:
    told = f'\n[roles.{name}]\ntitle = "A role"\nwho = "Somebody new."\norganisations = ["{kind}"]\n'
    return told + "second_factor = true\n"


def data(name: str, about_people: str, laws: str) -> str:
    return (
        f'\n[data.{name}]\ntitle = "Letters"\nwhat = "What was written."\npart = "Desk"\n'
        f'held_under = {laws}\nabout_people = {about_people}\nclosed = "It is closed."\n'
    )


ATTACKS = {
    "every administrator oversees": (
        in_entry("roles.administrator", "second_factor", "oversight = true\nsecond_factor")
        + rule("administrator", '["read", "export"]', '["staff", "register"]', scope="all"),
        "role administrator has oversight, which only panel may have",
    ),
    "the panel's role is held by the police": (
        in_entry("roles.panel", r'\["scrutiny-panel"\]', '["scrutiny-panel", "police"]'),
        "role panel is held outside a scrutiny-panel",
    ),
    "the panel reads all staff": (
        TEXT + rule("panel", '["read"]', '["staff"]', '["uk-gdpr"]', "all"),
        "oversees staff, which nobody may",
    ),
    "the panel rewrites the register": (
        TEXT + rule("panel", '["erase"]', '["register"]', '["uk-gdpr"]', "all"),
        "lets oversight erase, and it may only look",
    ),
    "no word is excluded": (WORDS.sub(r"\1[]", TEXT), "excluded lacks words that always stand there: immi"),
    "one word is taken out": (TEXT.replace('"dwp", ', "", 1), "always stand there: dwp"),
    "an excluded kind without the words": (
        WORDS.sub(r"\1[]", TEXT) + '\n[kinds.visas]\ntitle = "Home Office"\nregimes = ["uk-gdpr"]\n',
        "kind visas can take no part",
    ),
    "a kind by another spelling": (
        TEXT + '\n[kinds.work]\ntitle = "Department for Work & Pensions"\nregimes = ["uk-gdpr"]\n',
        "ruled out here",
    ),
    "a second police": (
        TEXT + '\n[kinds.polis]\ntitle = "Polis"\nregimes = ["law-enforcement"]\n'
        + role("polis-worker", "polis")
        + rule("polis-worker", '["read"]', '["sealed-report"]', '["law-enforcement"]', "shared"),
        "kind polis can take no part",
    ),
    "police under UK GDPR": (
        in_entry("kinds.police", r'\["law-enforcement"\]', BOTH_LAWS), "kind police cannot work under uk-gdpr"
    ),
    "schools under law enforcement": (
        in_entry("kinds.school", r'\["uk-gdpr"\]', BOTH_LAWS), "kind school cannot work under law-enforcement"
    ),
    "a third law": (
        TEXT.replace("[regimes]\n", '[regimes]\nno-law = "No law at all"\n', 1), "no such regime: no-law"
    ),
    "nothing is closed for good": ("never = []\n" + NEVERS.sub("", TEXT), "no never closes .*sealed-report"),
    "one class is opened to the police": (
        TEXT.replace('data = ["sealed-report", "desk", "community-note", "survey-answer", "voice"]',
                     'data = ["sealed-report", "desk", "survey-answer", "voice"]', 1),
        "no never closes community-note to kind police",
    ),
    "another role of the panel reads cases": (
        TEXT + role("reader", "scrutiny-panel")
        + rule("reader", '["read"]', '["statement"]', '["uk-gdpr"]'),
        "opens statement to reader, which a never closes",
    ),
    "another role of the police reads reports": (
        TEXT + role("reader", "police")
        + rule("reader", '["read"]', '["sealed-report"]', '["law-enforcement"]', "shared"),
        "opens sealed-report to reader, which a never closes",
    ),
    "administrators read their colleagues' lines": (
        TEXT + rule("administrator", '["read"]', '["register"]'), "opens others' register to administrator"
    ),
    "researchers read others' lines": (
        in_entry("roles.researcher", "second_factor = false", "second_factor = true")
        + rule("researcher", '["read"]', '["register"]', '["uk-gdpr"]'),
        "opens others' register to researcher",
    ),
    "staff are said to be nobody": (
        in_entry("data.staff", "about_people = true", "about_people = false")
        + rule("researcher", '["export"]', '["staff"]', scope="all"),
        "data staff is about people",
    ),
    "reports held by the police": (
        in_entry("data.sealed-report", r'held_under = \["uk-gdpr"\]', f"held_under = {BOTH_LAWS}"),
        "data sealed-report is not held under law-enforcement",
    ),
    "a new class said to be about nobody": (
        TEXT + data("letters", "false", '["uk-gdpr"]'), "data letters is about people"
    ),
    "a new class that nothing closes": (
        TEXT + data("letters", "true", '["uk-gdpr"]'), "no never closes letters to role administrator"
    ),
    "a new class held by the police": (
        TEXT + data("letters", "true", BOTH_LAWS), "data letters is not held under law-enforcement"
    ),
    "a reason of one sign that nobody sees": (
        re.sub(r'why = "[^"]*"', 'why = "\\\\u200b"', TEXT), "rule 1 does not say why"
    ),
    "a reason with a hidden part": (
        TEXT.replace("The resident sealed it", "The resident \\u202esealed it", 1), "does not say why"
    ),
    "a second step that is no yes or no": (
        TEXT.replace("second_factor = false", 'second_factor = "no"', 1),
        "role researcher: second_factor must be true or false",
    ),
    "one name where a list belongs": (
        TEXT.replace('roles = ["panel"]\nverbs', 'roles = "panel"\nverbs', 1), "roles must be a list of words"
    ),
    "a reason that is a number": (
        TEXT.replace('why = "The resident sealed it to this desk."', "why = 7", 1), "why must be a text"
    ),
    "words that are one word": (WORDS.sub(r'\1"dwp"', TEXT), "excluded: words must be a list of words"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "complaint"), ATTACKS.values(), ids=ATTACKS)
def test_a_file_that_breaks_a_limit_of_the_program_is_refused(text: str, complaint: str) -> None:
    assert text != TEXT
    tomllib.loads(text)
    with pytest.raises(ValueError, match=complaint):
        parse(text)


def test_a_file_may_close_more_and_say_more() -> None:
    kinds = [kind for kind in limits.KINDS if kind != "community-group"]
    closed = (
        f'\n[[never]]\nkinds = {kinds}\nroles = ["administrator", "panel", "researcher"]\n'
        'data = ["letters"]\nwhy = "They are closed."\n'
    )
    more = TEXT.replace("[excluded]\nwords = [", '[excluded]\nwords = ["bailiff", ', 1)
    more += data("letters", "true", '["uk-gdpr"]') + closed
    read = parse(more)
    assert read.excluded_word("Bailiffs of Invermarrow") == "bailiff"
    assert not read.may("administrator", "read", "letters", "uk-gdpr")


def test_the_limits_are_those_of_the_database_and_of_the_file() -> None:
    assert set(limits.KINDS) == set(OrganisationKind.values)
    assert {name: set(kind.regimes) for name, kind in permissions().kinds.items()} == limits.KINDS
    assert {one.name for one in permissions().data.values() if not one.about_people} == limits.ABOUT_NOBODY
