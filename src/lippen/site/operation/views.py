"""The demo's page: everybody who can be looked at, a button each."""

from __future__ import annotations

from itertools import groupby

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from lippen.site.accounts.permissions import permissions
from lippen.site.operation import demo
from lippen.site.operation.demo_people import DESKS, PEOPLE
from lippen.site.operation.demo_secrets import door_of_demo, read_secrets


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    titles = {name: role.title for name, role in permissions().roles.items()}
    partners = [
        (name, [(one, [titles[role] for role in one.roles]) for one in them])
        for name, them in groupby(PEOPLE, lambda one: one.organisation)
    ]
    from lippen.site.operation import demo_lake  # with pyarrow, which a site that is no demo does not load

    workspace = settings.CONFIGURATION.workspace
    kept = read_secrets(workspace)
    told = {
        "partners": partners,
        "held": demo_lake.held(workspace),
        "held_back": demo_lake.held_back(workspace),
        "door": door_of_demo(workspace),
        "kept": kept,
        "desks": DESKS.values(),
    }
    return render(request, "operation/demo.html", told)


@require_POST
def sign_in(request: HttpRequest, word: str) -> HttpResponse:
    who = demo.find(word)
    if who is None:
        raise Http404
    demo.sign_in(request, who)
    return redirect("/")
