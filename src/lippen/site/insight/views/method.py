"""Pages of the room Method: how assessment works and how it stands, and the switch that pauses it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from lippen.brief.page import marks
from lippen.site.accounts.acting import SignedInRequest
from lippen.site.accounts.said import sentence
from lippen.site.insight import method as services
from lippen.site.insight import method_selectors as selectors
from lippen.site.insight.method_forms import Stop
from lippen.site.insight.method_words import NEVER, knows


def method(request: SignedInRequest) -> HttpResponse:
    """What the model knows, how often it is wrong, what people said, and how it stands."""
    context = {"seen": selectors.method(request.acting), "knows": knows(), "never": NEVER, "marks": marks()}
    return render(request, "insight/method.html", context)


def pause(request: SignedInRequest) -> HttpResponse:
    """The switch: to pause with a reason, or, while it is paused, who has to do what to lift it."""
    acting = request.acting
    form = Stop(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.pause(acting, form.cleaned_data["why"])
        except services.PauseRefused as why:
            form.add_error(None, sentence(why))
        else:
            messages.success(request, "Assessment is paused. No episode is shown on any page.")
            return redirect("pause")
    context = {"form": form, "pauses": selectors.pauses(acting)}
    return render(request, "insight/method_pause.html", context, status=422 if form.errors else 200)


def lift(request: SignedInRequest) -> HttpResponse:
    """Ask to lift the pause, or agree to it."""
    acting = request.acting
    agreed = request.POST.get("answer") == "agree"
    try:
        if agreed:
            services.agree_to_lift(acting)
        else:
            services.ask_to_lift(acting)
    except services.PauseRefused as why:
        context = {"form": Stop(), "pauses": selectors.pauses(acting), "why": sentence(why)}
        return render(request, "insight/method_pause.html", context, status=422)
    messages.success(
        request,
        "The pause is lifted." if agreed else "You asked to lift the pause. A second person has to agree.",
    )
    return redirect("pause")
