"""A lost device: colleagues agree, and a link lets a new one in."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lippen.site.accounts import devices, lock_out, sign_in
from lippen.site.accounts.devices import ReplacementRefused
from lippen.site.accounts.forms import LinkNewPasswordForm, LinkPasswordForm, LostDeviceForm
from lippen.site.accounts.invitations import LinkSpent
from lippen.site.accounts.roles import RecordUnknown
from lippen.site.accounts.views.sign_in import NEW_DEVICE


def lost(request: HttpRequest) -> HttpResponse:
    """What waits for colleagues, and asking for one more."""
    who = request.acting  # type: ignore[attr-defined]
    others = [(one.ref, one.name) for one in devices.colleagues(who)]
    form = LostDeviceForm(request.POST or None, colleagues=others)
    if form.is_valid():
        said = form.cleaned_data
        try:
            ref = devices.ask(who, said["person"], password_too=said["password_too"])
        except (ReplacementRefused, RecordUnknown) as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, "Asked. One more colleague has to agree; they see it under what waits.")
            return redirect("lost-device", ref=ref)
    found = devices.waiting_replacements(who)
    return render(request, "accounts/lost.html", {"form": form, "found": found, "alone": not others})


def lost_one(request: HttpRequest, ref: str) -> HttpResponse:
    """One request: to agree to or to refuse."""
    who = request.acting  # type: ignore[attr-defined]
    found = devices.waiting_replacement(who, ref)
    if found is None:
        raise Http404
    if request.method == "POST":
        try:
            if request.POST.get("answer") == "refuse":
                devices.refuse(who, ref)
                messages.success(request, "Refused. Nothing changes for them.")
                return redirect("lost-devices")
            token = devices.agree(who, ref)
        except ReplacementRefused as why:
            messages.error(request, str(why))
            return redirect("lost-device", ref=ref)
        except RecordUnknown:
            raise Http404 from None
        if token is None:
            messages.success(request, "You have agreed. One more colleague has to.")
            return redirect("lost-device", ref=ref)
        link = request.build_absolute_uri(f"/second-step/new/{token}/")
        return render(request, "accounts/replaced.html", {"link": link, "person": found.person})
    return render(request, "accounts/lost_one.html", {"found": found, "needed": devices.AGREED_BY})


def new_device(request: HttpRequest, token: str) -> HttpResponse:
    """The one-time link: with one's password, or a new one, to the page that sets up a new device."""
    try:
        person, password_too = devices.behind(token)
        form = (LinkNewPasswordForm if password_too else LinkPasswordForm)(request.POST or None)
        if form.is_valid():
            password = form.cleaned_data["password"]
            try:
                if password_too or get_adapter(request).reauthenticate(person, password):
                    person, ref = devices.use_link(token, password if password_too else None)
                    sign_in.begin_with_password(request, person)
                    request.session[NEW_DEVICE] = ref
                    response = redirect("mfa_index")
                    lock_out.remember_device(request, response, person)
                    return response
                form.add_error("password", "This is not the password of the person that this link is for.")
            except ValidationError as why:
                form.add_error(None, why)
    except LinkSpent as why:
        return render(request, "accounts/link_spent.html", {"why": str(why)}, status=410)
    return render(request, "accounts/new_device.html", {"form": form, "password_too": password_too})
