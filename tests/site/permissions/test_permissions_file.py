"""permissions.toml: strict, complete for every kind of organisation, and closed where it has to be."""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from itertools import product

import pytest
from django.apps import apps
from django.db import models
from hypothesis import given
from hypothesis import strategies as st

from lippen.site.accounts import explained, permissions_reference
from lippen.site.accounts.models import OrganisationKind, Person, Regime
from lippen.site.accounts.permissions import SCOPES, parse, permissions
from lippen.site.register.classes import declared

TEXT = resources.files("lippen.site.accounts").joinpath("permissions.toml").read_text("utf-8")
RULES = permissions()
POLICE = [role.name for role in RULES.roles.values() if "police" in role.organisations]

RULED_OUT = [
    "immigration", "immigrant", "migrant", "migration", "home office", "border", "visa", "asylum", "deport",
    "removal", "citizenship", "nationality", "hostile environment", "dwp", "work and pensions", "benefit",
    "universal credit", "jobcentre", "job centre", "sanction", "housing benefit", "tax credit", "hmrc",
    "social security", "means test", "fraud",
]  # fmt: skip
"""Words of immigration and benefits enforcement, wider than the file's own list of them."""


def altered(old: str, new: str) -> str:
    assert old in TEXT, old
    return TEXT.replace(old, new, 1)


def with_rule(role: str, verb: str, data: str, regime: str, scope: str) -> str:
    return (
        f'{TEXT}\n[[rules]]\nroles = ["{role}"]\nverbs = ["{verb}"]\ndata = ["{data}"]\n'
        f'regimes = ["{regime}"]\nscope = "{scope}"\nwhy = "A reason."\n'
    )


def test_kinds_and_regimes_are_those_of_the_database() -> None:
    assert set(RULES.kinds) == set(OrganisationKind.values)
    assert set(RULES.regimes) == set(Regime.values)


def test_every_class_that_holds_records_now_is_built_and_known_to_the_register() -> None:
    built = {one.name: one.about_people for one in RULES.data.values() if one.built}
    assert set(declared()) <= set(built)
    # Kept by the register itself; within staff; and in the lake, without anybody's name.
    people = {name for name, about_people in built.items() if about_people}
    lake = {"incident", "listing", "sighting"} - set(declared())
    assert people - set(declared()) == {"register", "conflict", *lake}


def test_whoever_brings_incidents_in_brings_in_adverts_and_sightings_too() -> None:
    """The pages of imports are one room, which opens by the first of these."""

    def bring_in(data: str) -> set[tuple[str, str]]:
        return {
            (role, regime)
            for role, regime in product(RULES.roles, RULES.regimes)
            if RULES.may(role, "write", data, regime).scope in ("organisation", "shared", "all")
        }

    assert bring_in("incident") == bring_in("listing") == bring_in("sighting") != set()
    assert RULES.may("worker", "tell", "sighting", "uk-gdpr").scope == "own"
    assert not RULES.may("worker", "write", "sighting", "uk-gdpr")


def test_every_class_and_role_is_used_by_a_rule() -> None:
    assert {name for rule in RULES.rules for name in rule.data} == set(RULES.data)
    assert {name for rule in RULES.rules for name in rule.roles} == set(RULES.roles)


@pytest.mark.parametrize("role", POLICE)
@pytest.mark.parametrize("data", ["sealed-report", "desk", "community-note"])
@pytest.mark.parametrize("verb", list(RULES.verbs))
def test_the_police_see_no_sealed_report_no_desk_and_no_community_note(
    role: str, data: str, verb: str
) -> None:
    verdict = RULES.may(role, verb, data, "law-enforcement")
    assert not verdict
    assert verdict.why


def test_nobody_but_a_desk_gets_at_sealed_reports() -> None:
    holders = {
        role
        for role in RULES.roles
        for verb in RULES.verbs
        for regime in RULES.regimes
        if RULES.may(role, verb, "sealed-report", regime) or RULES.may(role, verb, "desk", regime)
    }
    assert holders == {"desk"}
    assert RULES.roles["desk"].organisations == ("community-group",)


def test_what_is_held_under_one_regime_reaches_the_other_by_disclosure_alone() -> None:
    for role in RULES.roles:
        for data in RULES.data.values():
            for regime in set(RULES.regimes) - set(data.held_under):
                for verb in RULES.verbs:
                    verdict = RULES.may(role, verb, data.name, regime)
                    assert verdict.scope in {"", "shared"} or not data.about_people


def test_only_the_panel_sees_what_every_organisation_holds_about_people() -> None:
    found = {
        role
        for role in RULES.roles
        for data in RULES.data.values()
        for verb in RULES.verbs
        for regime in RULES.regimes
        if data.about_people and RULES.may(role, verb, data.name, regime).scope == "all"
    }
    assert found == {"panel"}
    assert RULES.roles["panel"].organisations == ("scrutiny-panel",)


def test_an_administrator_sees_nothing_about_a_resident() -> None:
    seen = {
        data.name
        for data in RULES.data.values()
        for verb in RULES.verbs
        for regime in RULES.regimes
        if data.about_people and RULES.may("administrator", verb, data.name, regime)
    }
    assert seen == {"staff", "conflict", "register"}


def test_recipients_for_immigration_or_benefits_enforcement_do_not_exist() -> None:
    said = [
        *(f"{one.name} {one.title}" for one in RULES.kinds.values()),
        *(f"{one.name} {one.title} {one.who}" for one in RULES.roles.values()),
        *(f"{one.name} {one.title}" for one in RULES.purposes.values()),
        *(f"{value} {label}" for value, label in OrganisationKind.choices),
    ]
    for text in said:
        assert [word for word in RULED_OUT if word in text.casefold()] == [], text


@pytest.mark.parametrize(
    "name",
    [
        "Immigration Enforcement, North", "HOME OFFICE", "Home-Office liaison", "The DWP", "Border  Force",
        "Department for Work and Pensions", "Benefit fraud team", "Jobcentre, Invermarrow",
        "\uff24\uff37\uff30",
    ],
)  # fmt: skip
def test_such_a_recipient_is_known_by_its_name(name: str) -> None:
    assert RULES.excluded_word(name)


@pytest.mark.parametrize(
    "name",
    ["Braeside Tenants' Voice", "Community Benefit Society", "Visitors' Home", "Official Borders Choir"],
)
def test_other_names_are_no_such_recipient(name: str) -> None:
    assert RULES.excluded_word(name) is None


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (altered('roles = ["panel"]\nverbs', 'roles = ["wizard"]\nverbs'), "names a role that"),
        (altered('verbs = ["read", "list"]', 'verbs = ["peek"]'), "names a verb"),
        (altered('data = ["counts"]', 'data = ["gossip"]'), "names a class of data"),
        (altered('scope = "shared"', 'scope = "everywhere"'), "names a scope"),
        (altered('regimes = ["law-enforcement"]\nscope', 'regimes = ["none"]\nscope'), "names a regime"),
        (altered('why = "The resident sealed it to this desk."', 'why = " "'), "does not say why"),
        (altered('why = "The resident sealed it to this desk."', 'reason = "x"'), "nothing reads"),
        (altered('title = "Analyst"', ""), "missing"),
        (altered('title = "School"', 'title = "Immigration Enforcement"'), "ruled out"),
        (altered('title = "Check who read what"', 'title = "Find benefit fraud"'), "ruled out"),
        (altered('organisations = ["scrutiny-panel"]', 'organisations = ["army"]'), "kind of organisation"),
        (with_rule("researcher", "read", "staff", "uk-gdpr", "own"), "without a second factor"),
        (with_rule("worker", "read", "concern", "uk-gdpr", "all"), "opens every organisation's concern"),
        (with_rule("police-officer", "read", "concern", "law-enforcement", "organisation"), "a disclosure"),
        (with_rule("police-officer", "read", "sealed-report", "law-enforcement", "shared"), "a never closes"),
        (with_rule("analyst", "list", "desk", "law-enforcement", "shared"), "a never closes"),
        (with_rule("administrator", "read", "concern", "uk-gdpr", "own"), "a never closes"),
        (with_rule("panel", "read", "statement", "uk-gdpr", "own"), "a never closes"),
    ],
)  # fmt: skip
def test_a_file_that_opens_too_much_or_says_too_little_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse(text)


def test_what_is_asked_by_a_name_that_does_not_exist_is_an_error_and_no_refusal() -> None:
    for role, verb, data in (
        ("nobody", "read", "staff"),
        ("worker", "peek", "staff"),
        ("worker", "read", "gossip"),
    ):
        with pytest.raises(KeyError):
            RULES.may(role, verb, data, "uk-gdpr")


@given(
    st.sampled_from(list(RULES.roles)),
    st.sampled_from(list(RULES.verbs)),
    st.sampled_from(list(RULES.data)),
    st.sampled_from([*RULES.regimes, "none", ""]),
)
def test_a_verdict_follows_from_the_rules_and_always_says_why(
    role: str, verb: str, data: str, regime: str
) -> None:
    told = tomllib.loads(TEXT)["rules"]
    scopes = [
        SCOPES.index(one["scope"])
        for one in told
        if role in one["roles"] and verb in one["verbs"] and data in one["data"] and regime in one["regimes"]
    ]
    verdict = RULES.may(role, verb, data, regime)
    assert verdict.scope == (SCOPES[max(scopes)] if scopes else "")
    assert bool(verdict) == bool(scopes)
    assert verdict.why.endswith(".")
    if not verdict:
        reached = any(
            role in one["roles"] and data in one["data"] and regime in one["regimes"] for one in told
        )
        assert ("this, and no more." in verdict.why) == reached
        assert reached or verdict.why.endswith(RULES.why_closed(role, data, regime))
        others = [one for one in RULES.rules if verb in one.verbs and data in one.data]
        if reached and others:
            assert " may, because " in verdict.why, "who may instead, and why"


NO_GRADE = {
    "accounts.UsedCode.step": "the half-minute of the clock in which a code of somebody's app was used",
    "sightings.Telling.accounts": "how many accounts were compared for what somebody told today",
    "trade.TermAnswer.burst": "how much more a word was used lately than before, as it was shown",
    "trade.TermAnswer.context_fit": "how much the words around a word are those around known terms",
}
"""Numbers that stand beside a person and say nothing of them, each with what it is."""


def test_no_model_has_a_number_a_score_or_a_rank_on_a_person() -> None:
    held = {label for one in declared().values() for label in one.models}
    numeric = (
        models.IntegerField,
        models.FloatField,
        models.DecimalField,
        models.DurationField,
    )
    named = re.compile(
        r"score|rank|rating|grade|risk|level|_points?$|priority|weight|probab|predict|likel|suspic|flag"
    )
    for model in apps.get_models():
        about_people = model._meta.label in held or any(
            isinstance(field, models.ForeignKey) and field.related_model is Person
            for field in model._meta.get_fields()
        )
        for field in model._meta.get_fields():
            if not isinstance(field, models.Field):
                continue
            where = f"{model._meta.label}.{field.name}"
            assert not (about_people and named.search(field.name)), where
            key = field.primary_key or field.is_relation
            if where not in NO_GRADE:
                assert not (about_people and isinstance(field, numeric) and not key), where


def test_the_reference_in_the_documents_is_made_from_the_file(request: pytest.FixtureRequest) -> None:
    page = request.config.rootpath / "docs/reference/permissions.md"
    assert page.read_text("utf-8") == permissions_reference.reference(RULES), "run make docs"


def test_the_reference_says_everything_that_is_allowed_and_nothing_else() -> None:
    for role in explained.roles(RULES):
        regimes = [one for one in RULES.regimes if role.under in {"", RULES.regimes[one]}]
        regimes = [one for one in regimes if RULES.kinds_of(role.name, one)]
        for regime in regimes:
            open_to = {
                data.name
                for data in RULES.data.values()
                if any(RULES.may(role.name, verb, data.name, regime) for verb in RULES.verbs)
            }
            assert {one.name for can in role.can for one in can.data} == open_to
            assert {one.name for closed in role.cannot for one in closed.data} == set(RULES.data) - open_to


def test_the_public_page_says_what_the_police_cannot_and_what_is_not_built() -> None:
    from django.test import Client

    page = Client().get("/permissions/").content.decode()
    police = page.split('id="police-cannot"')[1].split("<h2")[0]
    for data in ("sealed-report", "desk", "community-note"):
        assert RULES.data[data].title in police
    for data in RULES.data.values():
        assert data.title.replace("'", "&#x27;") in page
    contents = page.split('aria-label="On this page"')[1].split("</nav>")[0]
    for anchor in [*(f"role-{one}" for one in RULES.roles), *(f"kind-{one}" for one in RULES.kinds)]:
        assert f'id="{anchor}"' in page
        assert f'href="#{anchor}"' in contents
    assert page.count("not built yet") >= sum(not one.built for one in RULES.data.values())
