"""The addresses of the form's own pages."""

from __future__ import annotations

from lippen.site.accounts.access import EVERYBODY, READ_ONLY, page
from lippen.site.form import views

urlpatterns = [
    page("", views.first, EVERYBODY, "first", methods=READ_ONLY),
    page("operating-code/", views.code, EVERYBODY, "operating-code", methods=READ_ONLY),
    page("form/", views.living_page, EVERYBODY, "form"),
    page("form/answers/<slug:name>/", views.answer, EVERYBODY, "form-answer", methods=READ_ONLY),
]
