"""A lost device: colleagues agree, and a link lets a new one in."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lippen.site.accounts import devices, lock_out, replacements, replacements_seen, sign_in
from lippen.site.accounts.acting import SignedInRequest
from lippen.site.accounts.forms import FindColleague, LinkNewPasswordForm, LinkPasswordForm, LostDeviceForm
from lippen.site.accounts.links import LinkSpent
from lippen.site.accounts.replacements import ReplacementRefused
from lippen.site.accounts.roles import RecordUnknown
from lippen.site.accounts.said import sentence
from lippen.site.accounts.views.sign_in import NEW_DEVICE
from lippen.site.form.sending import REFUSED, sent, status_of


def lost(request: SignedInRequest) -> HttpResponse:
    """What waits for colleagues, and asking for one more. Whoever asked is sent on and shown nobody here, so
    no reading is entered then.
    """
    who = request.acting
    asked = LostDeviceForm(sent(request))
    why = ""
    if asked.is_valid():
        said = asked.cleaned_data
        try:
            ref = replacements.ask(who, said["person"], password_too=said["password_too"])
        except (ReplacementRefused, RecordUnknown) as refusal:
            why = sentence(refusal)
        else:
            messages.success(request, "Asked. The others who have to agree see it under what waits.")
            return redirect("lost-device", ref=ref)
    find = FindColleague(request.GET if "search" in request.GET else None)
    search = find.cleaned_data["search"] if find.is_valid() else ""
    seen = replacements_seen.lost_devices(who, search=search, number=request.GET.get("page", "1"))
    form = LostDeviceForm(sent(request), colleagues=[(one.ref, one.name) for one in seen.page or ()])
    if why:
        form.errors.pop("person", None)  # that they stand on another page than the one shown is no reason
        form.add_error(None, why)
    told = {
        "form": form,
        "find": find,
        "page": seen.page,
        "found": seen.waiting,
        "a_page": replacements_seen.A_PAGE,
        "why_not": seen.why_not,
    }
    return render(request, "accounts/lost.html", told, status=status_of(form, find))


def lost_one(request: SignedInRequest, ref: str) -> HttpResponse:
    """One request: to agree to or to refuse, or what came of it. A reading is entered before somebody agrees:
    the last yes is answered with their name and a link that nobody is shown again.
    """
    who = request.acting
    if request.method == "POST" and request.POST.get("answer") == "refuse":
        try:
            replacements.refuse(who, ref)
        except RecordUnknown:
            raise Http404 from None
        messages.success(request, "Refused. Nothing was replaced.")
        return redirect("lost-device", ref=ref)
    found = replacements_seen.replacement(who, ref)
    if found is None:
        raise Http404
    why = ""
    if request.method == "POST":
        try:
            token = replacements.agree(who, ref)
        except ReplacementRefused as refusal:
            why = sentence(refusal)
        except RecordUnknown:
            raise Http404 from None
        else:
            if token is None:
                messages.success(request, "You have agreed. Others have to as well.")
                return redirect("lost-device", ref=ref)
            link = request.build_absolute_uri(f"/second-step/new/{token}/")
            return render(request, "accounts/replaced.html", {"link": link, "person": found.person})
    told = {"found": found, "why": why}
    return render(request, "accounts/lost_one.html", told, status=REFUSED if why else 200)


def new_device(request: HttpRequest, token: str) -> HttpResponse:
    """The one-time link: with one's password, or a new one, to the page that sets up a new device."""
    try:
        person, password_too = devices.behind(token)
        if settings.CONFIGURATION.demo and not (password_too or person.has_usable_password()):
            return render(request, "accounts/new_device_demo.html")
        form = (LinkNewPasswordForm if password_too else LinkPasswordForm)(sent(request))
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
    told = {"form": form, "password_too": password_too}
    return render(request, "accounts/new_device.html", told, status=status_of(form))
