"""What every page of imports answers when it cannot be had: why, in words."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.http import Http404, HttpResponseBase

from lippen.site.accounts.access import SignedInView, refuse
from lippen.site.accounts.acting import SignedInRequest
from lippen.site.accounts.said import sentence
from lippen.site.insight.holding import HeldByAnother
from lippen.site.insight.imports_services import ImportUnknown


def in_the_room(view: SignedInView) -> SignedInView:
    """A view of the imports of one's own organisation, where that holds the incidents or nobody does."""

    @wraps(view)
    def answered(request: SignedInRequest, *args: Any, **named: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **named)
        except HeldByAnother as why:
            return refuse(request, sentence(why))
        except ImportUnknown as why:
            raise Http404 from why

    return answered
