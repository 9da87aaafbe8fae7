"""The page of one's own desk key."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render

from lippen.site.accounts.acting import SignedInRequest
from lippen.site.accounts.said import sentence
from lippen.site.desk import worker_keys
from lippen.site.desk.forms import NewKey
from lippen.site.desk.own_desk import own_desk
from lippen.site.desk.views.opened_here import opens_keys


@opens_keys
def own_key(request: SignedInRequest) -> HttpResponseBase:
    """Make a key, which happens in the browser, or destroy one."""
    acting = request.acting
    desk = own_desk(acting)
    why = ""
    if request.method == "POST":
        try:
            if destroyed := request.POST.get("destroy", ""):
                worker_keys.destroy_key(acting, destroyed)
                messages.success(request, "The key is destroyed. What was sealed to it alone opens no more.")
            else:
                halves = (request.POST.get(part, "") for part in ("recipient", "signature", "wrapped"))
                worker_keys.keep_key(acting, *halves)
                messages.success(
                    request,
                    "Your key is kept. It counts once whoever holds the partnership's key has signed it.",
                )
            return redirect("desk-key")
        except worker_keys.KeyRefused as refused:
            why = sentence(refused)
    context = {"desk": desk, "form": NewKey(), "why": why, "keys": worker_keys.own_keys(acting)}
    return render(request, "desk/key.html", context, status=422 if why else 200)
