"""The page of one's own desk key."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render

from lippen.site.accounts.acting import SignedInRequest
from lippen.site.accounts.said import sentence
from lippen.site.desk import worker_keys
from lippen.site.desk.forms import NewKey
from lippen.site.desk.key_files import by_other_hands
from lippen.site.desk.own_desk import own_desk
from lippen.site.desk.views.opened_here import opens_keys
from lippen.site.desk.wrapped_keys import KeyRefused


@opens_keys
def own_key(request: SignedInRequest) -> HttpResponseBase:
    """Make a key, which happens in the browser, or destroy one."""
    acting, sent = request.acting, request.POST
    desk = own_desk(acting)
    why = ""
    destroying = None
    if request.method == "POST":
        try:
            if (ref := sent.get("destroy", "")) and sent.get("sure") != "yes":
                destroying = worker_keys.destroying(acting, ref)
            elif ref:
                worker_keys.destroy_key(acting, ref)
                messages.success(request, "The key is destroyed. What was sealed to it alone opens no more.")
                return redirect("desk-key")
            else:
                parts = (sent.get(part, "") for part in ("recipient", "signature", "proof", "wrapped"))
                worker_keys.keep_key(acting, *parts)
                messages.success(request, "Your key is kept. Now it has to be signed: see what comes next.")
                return redirect("desk-key")
        except KeyRefused as refused:
            why = sentence(refused)
    keys = worker_keys.own_keys(acting)
    kept = worker_keys.opening_keys(acting.organisation, acting.person)
    told = {"desk": desk.ident, "person": acting.person.ref, "keys": worker_keys.wrapped_of(kept)}
    context = {
        "desk": desk,
        "form": NewKey(),
        "why": why,
        "destroying": destroying,
        "keys": keys,
        "told": json.dumps(told),
        "by_other_hands": by_other_hands(desk.folder),
    }
    return render(request, "desk/key.html", context, status=422 if why else 200)
