"""Pages of words that may be new: the ranking, one word's story with what somebody says of it, and taking
that back.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from lippen.site.accounts.acting import SignedInRequest
from lippen.site.accounts.said import sentence
from lippen.site.trade import answers, words_selectors
from lippen.site.trade.forms import SayWhatItIs, TakeBack
from lippen.site.trade.sight import check
from lippen.site.trade.views.answering import answer
from lippen.site.trade.words_selectors import TermSeen

KEPT = "Your answer is kept. It counts when the trade is next worked out."


def words(request: SignedInRequest) -> HttpResponse:
    """The ranking for a person."""
    return answer(request, "words", {"seen": words_selectors.words(request.acting)})


def word(request: SignedInRequest, ident: str) -> HttpResponse:
    """One word's story, and what one says of it."""
    if request.method == "POST":
        check(request.acting, "write")
    seen = _seen(request, ident)
    form = SayWhatItIs(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        try:
            answers.say(request.acting, ident, told["answer"], told["substance"])
        except (answers.AnswerRefused, answers.TermUnknown) as why:
            form.add_error(None, sentence(why))
        else:
            messages.success(request, KEPT)
            return redirect("trade-word", ident)
    return answer(request, "word", {"seen": seen, "form": form}, status=422 if form.errors else 200)


def take_back(request: SignedInRequest, ident: str) -> HttpResponse:
    """Take back what one said of a word."""
    check(request.acting, "write")
    seen = _seen(request, ident)
    if not seen.own:
        raise Http404
    form = TakeBack(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            answers.take_back(request.acting, ident)
        except answers.AnswerRefused as why:
            form.add_error(None, sentence(why))
        else:
            messages.success(request, "You took back what you had said of this word.")
            return redirect("trade-words")
    context = {"seen": seen, "form": form}
    return answer(request, "word_take_back", context, status=422 if form.errors else 200)


def _seen(request: SignedInRequest, ident: str) -> TermSeen:
    seen = words_selectors.term(request.acting, ident)
    if seen is None:
        raise Http404
    return seen
