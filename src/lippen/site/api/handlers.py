"""What a program can ask. Each handler says who may ask it, and its reading is entered before it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date
from functools import wraps
from typing import Annotated, Any, Final, get_args, get_type_hints

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import NinjaAPI, Query, Schema
from ninja.errors import HttpError

from lippen.site import handling
from lippen.site.accounts import people_rows, programs, register_rows, selectors
from lippen.site.accounts.access import EVERYBODY, Access, by_key
from lippen.site.accounts.permissions import permissions
from lippen.site.api import answers
from lippen.site.api.key import Key, ProgramsRequest, take_an_answer
from lippen.site.api.narrowing import Day, Narrowed
from lippen.site.api.problems import NOT_FOUND, documented, say_why, unknown_parameters
from lippen.site.insight import counts_selectors
from lippen.site.register.selectors import entries, entries_to_take_out, entry

api = NinjaAPI(
    title="Lippen",
    version="v1",
    description="What an organisation's own program may ask, for the purpose that its key was made for. "
    "Each answer is entered in the register. Each row says how it may be handled.",
    docs_url=None,
    urls_namespace="api-v1",
)
say_why(api)

ACCESS: Final[dict[str, Access]] = {"api-root": EVERYBODY, "openapi-json": EVERYBODY}
"""Who may ask what, by the name of its address. An address that is not here is not served."""

Handler = Callable[..., Any]
LARGEST_NUMBER: Final = 2**63
COUNTS_A_PAGE: Final = 1_000
NOT_TOLD: Final = "No count is told of this kind, larger area or quarter. Ask without it for those that are."

Page = Annotated[int, Query(ge=1, le=100_000, description="Which page, from 1.")]
Number = Annotated[
    int | None, Query(ge=1, lt=LARGEST_NUMBER, description="Entries older than the one of this id.")
]
Quarter = Annotated[Day | None, Query(description="The first day of a quarter, as 2026-10-01.")]
Told = Annotated[
    str, Query(max_length=200, description="One that is told, written as the answers write it; none for all.")
]
Search = Annotated[
    str, Query(max_length=100, description="Words of a name or an address, whatever the case and accents.")
]
RegisterNarrowed = Annotated[Narrowed, Query()]


def answering(
    route: str, name: str, access: Access, response: Any, *, kind: str = ""
) -> Callable[[Handler], Handler]:
    """Serve a handler at a route to those whom `access` names. Refusals are entered in the register too.

    A parameter that the handler does not know is refused: a limit that is misspelt would else show everybody.
    `kind` is the content type of an answer that is a file.
    """

    def add(handler: Handler) -> Handler:
        open_to_all = access.who == "everybody"
        answered = handler if open_to_all else _for_programs(handler, access)
        known = [name for name in _parameters(handler) if f":{name}}}" not in route]

        @wraps(handler)
        def asked(request: HttpRequest, **named: Any) -> Any:
            if unknown := set(request.GET) - set(known):
                raise HttpError(422, unknown_parameters(unknown, known))
            if twice := [one for one in known if len(request.GET.getlist(one)) > 1]:
                raise HttpError(422, f"Give {' and '.join(sorted(twice))} once.")
            return answered(request, **named)

        ACCESS[name] = access
        extra = documented(404, 422) if open_to_all else documented(401, 403, 404, 422, 429, 503)
        if kind:
            content = {kind.partition(";")[0]: {"schema": {"type": "string"}}}
            extra["responses"][200] = {"description": "A file.", "content": content}
        return api.get(
            route,
            url_name=name,
            auth=None if open_to_all else Key(),
            response=response,
            openapi_extra=extra,
        )(asked)

    return add


def _parameters(handler: Handler) -> Iterator[str]:
    """Names of what a handler takes from its address, in the route and after it."""
    for name, hint in get_type_hints(handler, include_extras=True).items():
        if name in ("request", "return"):
            continue
        kind = next(iter(get_args(hint)), hint)
        yield from kind.model_fields if isinstance(kind, type) and issubclass(kind, Schema) else [name]


def _for_programs(handler: Handler, access: Access) -> Handler:
    """The handler for those programs only that `access` names, each no more often than it may."""

    @wraps(handler)
    def answered(request: ProgramsRequest, **named: Any) -> Any:
        take_an_answer(request.auth)
        programs.check(request.auth, access.verb, access.data)
        return handler(request, **named)

    return answered


@answering("/people", "api-people", by_key("list", "staff"), answers.PeopleOut)
def people(
    request: ProgramsRequest, page: Page = 1, search: Search = "", gone: bool = False
) -> answers.PeopleOut:
    """People of the organisation who use Lippen, fifty at a time, by name."""
    program = request.auth
    found = selectors.people(program, search=search, gone=gone, number=page, purpose=program.purpose)
    return answers.PeopleOut(
        count=found.paginator.count,
        page=found.number,
        next=_following(request, page=found.next_page_number()) if found.has_next() else None,
        people=[answers.PersonOut.of(one) for one in found],
    )


@answering("/people/{ref:ref}", "api-person", by_key("read", "staff"), answers.PersonOut)
def person(request: ProgramsRequest, ref: str) -> answers.PersonOut:
    """One person of the organisation."""
    program = request.auth
    found = selectors.person(program, ref, purpose=program.purpose)
    if found is None:
        raise HttpError(404, NOT_FOUND)
    return answers.PersonOut.of(found)


@answering(
    "/people/export.csv", "api-people-csv", by_key("export", "staff"), None, kind=handling.FORMS["csv"][0]
)
def people_csv(request: ProgramsRequest) -> HttpResponseBase:
    """All people of the organisation as a table, a row for each role."""
    return _people_file(request, "csv")


@answering(
    "/people/export.jsonl",
    "api-people-jsonl",
    by_key("export", "staff"),
    None,
    kind=handling.FORMS["jsonl"][0],
)
def people_jsonl(request: ProgramsRequest) -> HttpResponseBase:
    """The same as lines of JSON."""
    return _people_file(request, "jsonl")


def _people_file(request: ProgramsRequest, form: str) -> HttpResponseBase:
    program = request.auth
    leaving = selectors.people_export(program, purpose=program.purpose)
    return handling.file(form, "people", people_rows.COLUMNS, people_rows.rows(leaving))


@answering("/organisations", "api-organisations", by_key("list", "organisation"), answers.OrganisationsOut)
def organisations(request: ProgramsRequest, closed: bool = False) -> answers.OrganisationsOut:
    """The partners that take part, or with `closed` those that no longer do."""
    program = request.auth
    found = selectors.organisations(program, closed=closed)
    programs.enter_answer(program, "organisations")
    return answers.OrganisationsOut(organisations=[answers.OrganisationOut.of(one) for one in found])


@answering("/counts", "api-counts", by_key("read", "counts"), answers.CountsOut)
def counts(
    request: ProgramsRequest,
    page: Page = 1,
    kind: Told = "",
    larger_area: Told = "",
    quarter: Quarter = None,
) -> answers.CountsOut:
    """Counts of closed incidents that passed the disclosure gate, a thousand at a time. Counts below five are
    not told, and none of them is in a sum. `quarter` is its first day.
    """
    program = request.auth
    found = counts_selectors.counts(
        program, _counts_asked(kind, larger_area, quarter), purpose=program.purpose
    )
    start, end = (page - 1) * COUNTS_A_PAGE, page * COUNTS_A_PAGE
    handled = counts_selectors.handling_of(program)
    return answers.CountsOut(
        at_least=found.total.at_least,
        count=found.total.cells,
        page=page,
        next=_following(request, page=page + 1) if end < found.total.cells else None,
        counts=[answers.CellOut.of(one, handled) for one in found.cells[start:end]],
    )


@answering(
    "/counts/export.csv", "api-counts-csv", by_key("export", "counts"), None, kind=handling.FORMS["csv"][0]
)
def counts_csv(
    request: ProgramsRequest, kind: Told = "", larger_area: Told = "", quarter: Quarter = None
) -> HttpResponseBase:
    """All counts asked for as a table."""
    return _counts_file(request, "csv", _counts_asked(kind, larger_area, quarter))


@answering(
    "/counts/export.jsonl",
    "api-counts-jsonl",
    by_key("export", "counts"),
    None,
    kind=handling.FORMS["jsonl"][0],
)
def counts_jsonl(
    request: ProgramsRequest, kind: Told = "", larger_area: Told = "", quarter: Quarter = None
) -> HttpResponseBase:
    """The same as lines of JSON."""
    return _counts_file(request, "jsonl", _counts_asked(kind, larger_area, quarter))


def _counts_file(
    request: ProgramsRequest, form: str, asked: counts_selectors.CountsAsked
) -> HttpResponseBase:
    program = request.auth
    leaving = counts_selectors.cells_to_take_out(program, asked, purpose=program.purpose)
    return handling.file(form, "counts", counts_selectors.COLUMNS, leaving)


def _counts_asked(kind: str, larger_area: str, quarter: date | None) -> counts_selectors.CountsAsked:
    asked = counts_selectors.CountsAsked(kind, larger_area, quarter.isoformat() if quarter else "")
    if not counts_selectors.offered().takes(asked):
        raise HttpError(404, NOT_TOLD)
    return asked


@answering("/register", "api-register", by_key("list", "register"), answers.EntriesOut)
def register(
    request: ProgramsRequest, narrowed: RegisterNarrowed, before: Number = None
) -> answers.EntriesOut:
    """What the register says, fifty entries at a time, the newest first: of the own organisation, or of all
    for the scrutiny panel.
    """
    program = request.auth
    scope = program.may("list", "register").scope
    question = narrowed.question()
    found = entries(program.reader, scope, question, before=before, purpose=program.purpose)
    return answers.EntriesOut(
        next=_following(request, before=found.older) if found.older else None,
        entries=[answers.EntryOut.of(one) for one in found.entries],
    )


@answering("/register/{int:number}", "api-entry", by_key("read", "register"), answers.EntryOpenedOut)
def register_entry(request: ProgramsRequest, number: int) -> answers.EntryOpenedOut:
    """One entry of the register with the records that it showed."""
    program = request.auth
    scope = program.may("read", "register").scope
    found = entry(program.reader, scope, number, purpose=program.purpose) if number < LARGEST_NUMBER else None
    if found is None:
        raise HttpError(404, NOT_FOUND)
    return answers.EntryOpenedOut.of(found)


@answering(
    "/register/export.csv",
    "api-register-csv",
    by_key("export", "register"),
    None,
    kind=handling.FORMS["csv"][0],
)
def register_csv(request: ProgramsRequest, narrowed: RegisterNarrowed) -> HttpResponseBase:
    """What the register says, as a table."""
    return _register_file(request, "csv", narrowed)


@answering(
    "/register/export.jsonl",
    "api-register-jsonl",
    by_key("export", "register"),
    None,
    kind=handling.FORMS["jsonl"][0],
)
def register_jsonl(request: ProgramsRequest, narrowed: RegisterNarrowed) -> HttpResponseBase:
    """The same as lines of JSON."""
    return _register_file(request, "jsonl", narrowed)


def _register_file(request: ProgramsRequest, form: str, narrowed: Narrowed) -> HttpResponseBase:
    program = request.auth
    scope = program.may("export", "register").scope
    question = narrowed.question()
    leaving = entries_to_take_out(program.reader, scope, question, purpose=program.purpose)
    return handling.file(form, "register", register_rows.COLUMNS, register_rows.rows(leaving))


def _following(request: HttpRequest, **changed: int) -> str:
    """This address with these parameters changed: where the list goes on."""
    asked = request.GET.copy()
    for name, value in changed.items():
        asked[name] = str(value)
    return f"{request.path}?{asked.urlencode()}"


@answering("/permissions", "api-permissions", EVERYBODY, answers.PermissionsOut)
def rules(request: HttpRequest) -> answers.PermissionsOut:
    """The rules that the program checks. They are public, so no key is needed and nothing is entered."""
    known = permissions()
    return answers.PermissionsOut(
        scopes=dict(known.scopes),
        roles=[answers.RoleRules.model_validate(asdict(one)) for one in known.roles.values()],
        data=[answers.DataOut.model_validate(asdict(one)) for one in known.data.values()],
        rules=[answers.RuleOut.model_validate(asdict(one)) for one in known.rules],
        nevers=[answers.NeverOut.model_validate(asdict(one)) for one in known.nevers],
    )
