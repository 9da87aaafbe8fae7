"""Every address of the room Sightings."""

from __future__ import annotations

from django.urls import URLPattern

from lippen.site.accounts.access import READ_ONLY, SEND_ONLY, page, permitted
from lippen.site.sightings import views

_tell = permitted("tell", "sighting")

urlpatterns: list[URLPattern] = [
    page("sightings/", views.sightings, _tell, "sightings", methods=READ_ONLY),
    page("sightings/new/", views.new, _tell, "new-sighting"),
    page("sightings/told/", views.told, _tell, "sighting-told", methods=READ_ONLY),
    page("sightings/<ref:ref>/take-back/", views.take_back, _tell, "take-back-sighting", methods=SEND_ONLY),
]
