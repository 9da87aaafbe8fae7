"""The page of the search."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode

from lippen.search import LONGEST
from lippen.site.accounts.acting import SignedInRequest
from lippen.site.insight import search_selectors


class Search(forms.Form):
    """The words that are looked for."""

    q = forms.CharField(
        label="Words to look for",
        max_length=LONGEST,
        help_text="A street, a kind of incident, words of the log, or a number. Spelling need not be right.",
        error_messages={"required": "Write at least one word."},
    )


def search(request: SignedInRequest) -> HttpResponse:
    """What somebody may see, found by words, however they are spelt."""
    form = Search(request.GET if "q" in request.GET else None)
    context: dict[str, Any] = {"search": form}
    if form.is_valid():
        asked = form.cleaned_data["q"]
        page = _page(request.GET.get("page", ""))
        answer = search_selectors.found(request.acting, asked, page)
        context |= {"asked": asked, "found": answer, "first": page == 1}
        if answer.more:
            context["next"] = f"?{urlencode({'q': asked, 'page': page + 1})}"
    return render(request, "insight/search.html", context, status=400 if form.errors else 200)


def _page(text: str) -> int:
    known = text.isascii() and text.isdecimal() and len(text) < 4
    return min(max(int(text), 1), search_selectors.LAST_PAGE) if known else 1
