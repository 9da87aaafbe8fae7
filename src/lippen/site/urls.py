"""Every address of the site, app by app. Each says who may open it (`accounts.access.page`)."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("lippen.site.form.urls")),
    path("", include("lippen.site.accounts.urls")),
    path("", include("lippen.site.insight.urls")),
    path("", include("lippen.site.trade.urls")),
    path("", include("lippen.site.desk.urls")),
    path("", include("lippen.site.sightings.urls")),
    path("", include("lippen.site.api.urls")),
    path("", include("lippen.site.operation.urls")),
]

handler400 = "lippen.site.form.views.bad_request"
handler403 = "lippen.site.form.views.refused"
handler404 = "lippen.site.form.views.not_found"
handler500 = "lippen.site.form.views.went_wrong"
