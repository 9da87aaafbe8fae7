"""Addresses of the demo. In any other workspace there are none."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern

from lippen.site.accounts.access import EVERYBODY, page
from lippen.site.operation import views

urlpatterns: list[URLPattern] = (
    [
        page("demo/", views.people, EVERYBODY, "demo"),
        page("demo/<slug:word>/", views.sign_in, EVERYBODY, "demo-sign-in"),
    ]
    if settings.CONFIGURATION.demo
    else []
)
