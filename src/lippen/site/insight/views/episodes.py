"""Pages of episodes: the list, one with its card, the queue, what is found no longer, the note to print."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from lippen.brief.page import marks
from lippen.site.accounts.acting import SignedInRequest
from lippen.site.accounts.said import sentence
from lippen.site.insight import episodes as services
from lippen.site.insight import episodes_selectors as selectors
from lippen.site.insight.episodes_forms import Decide, Narrow, Reopen
from lippen.site.insight.episodes_selectors import EpisodeSeen
from lippen.site.insight.method_selectors import error_rate
from lippen.site.insight.standing import NothingShown, standing, way_back

View = Callable[..., HttpResponse]


def while_shown(view: View) -> View:
    """A view that says why no episode is shown, where none is."""

    @wraps(view)
    def shown(request: SignedInRequest, *args: Any, **named: Any) -> HttpResponse:
        try:
            return view(request, *args, **named)
        except NothingShown:
            context = {"now": standing(), "way_back": way_back(request.acting)}
            return render(request, "insight/nothing_shown.html", context)

    return shown


@while_shown
def episodes(request: SignedInRequest) -> HttpResponse:
    """The episodes that were flagged."""
    acting = request.acting
    narrow = Narrow(asked=request.GET)
    page = selectors.episodes(acting, narrow.narrowed(), request.GET.get("page", "1"))
    context = {
        "page": page,
        "narrow": narrow,
        "waiting": len(selectors.asked(acting)),
        "drawn": selectors.some_drawn(),
        "rate": error_rate(),
    }
    return render(request, "insight/episodes.html", context, status=400 if narrow.errors else 200)


@while_shown
def next_episode(request: SignedInRequest) -> HttpResponse:
    """The next group of incidents that one is asked about, without whether it was flagged."""
    acting = request.acting
    if request.method == "POST":
        given = request.POST.get("episode", "")
        seen = selectors.next_named(acting, given)
        if seen is None:
            messages.info(request, "This group waits for you no longer. Here is the next one.")
            return redirect("next-episode")
        return _decided(request, seen, "insight/episode_next.html")
    seen = selectors.next_asked(acting, request.GET.get("after", ""))
    return render(request, "insight/episode_next.html", _context(request, seen))


@while_shown
def episode(request: SignedInRequest, episode_id: str) -> HttpResponse:
    """One group of incidents with its card, and what one thinks of it."""
    seen = selectors.episode(request.acting, episode_id)
    if seen is None:
        raise Http404
    if request.method == "POST":
        return _decided(request, seen, "insight/episode.html")
    return render(request, "insight/episode.html", _context(request, seen))


@while_shown
def reopen(request: SignedInRequest, episode_id: str) -> HttpResponse:
    """Take back what one said, with a reason."""
    acting = request.acting
    said = selectors.own_episode(acting, episode_id)
    if not said:
        raise Http404
    form = Reopen(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.reopen(acting, episode_id, form.cleaned_data["note"])
        except services.DecisionRefused as why:
            form.add_error(None, sentence(why))
        else:
            messages.success(
                request, "You took back what you had said. Everybody who judged it is asked again."
            )
            return redirect("/today/")
    context = {"form": form, "id": episode_id, "said": said}
    return render(request, "insight/episode_reopen.html", context, status=422 if form.errors else 200)


@while_shown
def gone(request: SignedInRequest) -> HttpResponse:
    """What one judged and what is found no longer."""
    return render(request, "insight/episodes_gone.html", {"gone": selectors.gone(request.acting)})


@while_shown
def note(request: SignedInRequest, episode_id: str) -> HttpResponse:
    """An episode on one sheet of paper, which names no one."""
    seen = selectors.note(request.acting, episode_id)
    if seen is None:
        raise Http404
    context = {"seen": seen, "card": seen.card, "marks": marks(), "rate": error_rate()}
    return render(request, "insight/episode_note.html", context)


def _decided(request: SignedInRequest, seen: EpisodeSeen, template: str) -> HttpResponse:
    form = _form(request, seen)
    if form is not None and form.is_valid():
        try:
            sample = services.decide(request.acting, seen.id, **_said(form))
        except (services.DecisionRefused, services.EpisodeUnknown) as why:
            form.add_error(None, sentence(why))
        else:
            messages.success(request, _told(sample))
            return redirect("episode", seen.id)
    refused = "" if form is not None else "You have decided this already. Take back what you said first."
    context = {**_context(request, seen, form), "refused": refused}
    return render(request, template, context, status=422)


def _said(form: Decide) -> dict[str, str]:
    return {"verdict": form.cleaned_data["verdict"], "note": form.cleaned_data["note"]}


def _told(sample: bool) -> str:
    if sample:
        return (
            "Your decision is kept. This group had not been flagged: it was drawn at random, so that we "
            "learn what is missed."
        )
    return "Your decision is kept. This group had been flagged as an episode."


def _form(request: SignedInRequest, seen: EpisodeSeen) -> Decide | None:
    if not seen.asked:
        return None
    known = [str(seen.card["where"].striptags()), str(seen.card["kinds"].striptags())]
    return Decide(request.POST if request.method == "POST" else None, known=known)


def _context(
    request: SignedInRequest, seen: EpisodeSeen | None, form: Decide | None = None
) -> dict[str, Any]:
    if seen is None:
        return {"seen": None}
    return {
        "seen": seen,
        "card": seen.card,
        "drawn": selectors.some_drawn(),
        "form": form if form is not None else _form(request, seen),
        "marks": marks(),
        "rate": error_rate(),
    }
