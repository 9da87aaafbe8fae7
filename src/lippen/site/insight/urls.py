"""Every address of insight, room by room."""

from __future__ import annotations

from datetime import timedelta

from django.urls import URLPattern, path

from lippen.site.accounts.access import READ_AND_SEND, READ_ONLY, SEND_ONLY, SIGNED_IN, page, permitted
from lippen.site.accounts.sign_in_again import asked_again
from lippen.site.insight.holding import why_nothing_brought_in
from lippen.site.insight.standing import why_not_seen
from lippen.site.insight.views import (
    columns,
    counts,
    episodes,
    imports,
    incidents,
    method,
    refused,
    search,
    today,
)

# Whoever brings incidents in brings in adverts and sightings too (tests/site/permissions): the room is one,
# and each view asks for the kind at hand.
_bring_in = permitted("write", "incident", why_nothing_brought_in)
_take_out = permitted("export", "incident")

_imports: list[URLPattern] = [
    page("imports/", imports.imports, _bring_in, "imports", methods=READ_ONLY),
    path("imports/new/", imports.UploadPage(imports.new, _bring_in, READ_AND_SEND), name="new-import"),
    page("imports/<ref:ref>/", imports.one_import, _bring_in, "import", methods=READ_ONLY),
    page("imports/<ref:ref>/columns/", columns.columns, _bring_in, "import-columns"),
    page("imports/<ref:ref>/start/", asked_again(columns.start), _bring_in, "import-start"),
    page("imports/<ref:ref>/cancel/", imports.cancel, _bring_in, "cancel-import", methods=SEND_ONLY),
    page("imports/<ref:ref>/take-back/", asked_again(imports.take_back), _bring_in, "take-back-import"),
    page("imports/<ref:ref>/refused/", refused.refused, _bring_in, "import-refused", methods=READ_ONLY),
    page(
        "imports/<ref:ref>/refused/put-right/",
        asked_again(refused.put_right, to_fill_in=timedelta(minutes=30)),  # of twenty rows
        _bring_in,
        "put-right",
    ),
    page(
        "imports/<ref:ref>/refused.csv",
        asked_again(refused.refused_csv),
        _take_out,
        "refused-csv",
        methods=READ_ONLY,
    ),
]

_search: list[URLPattern] = [
    page("search/", search.search, SIGNED_IN, "search", methods=READ_ONLY),
]

_read_episodes = permitted("read", "episode", why_not_seen)
_switch = permitted("write", "episode")

_episodes: list[URLPattern] = [
    page("episodes/", episodes.episodes, _read_episodes, "episodes", methods=READ_ONLY),
    page("episodes/next/", episodes.next_episode, _read_episodes, "next-episode"),
    page("episodes/gone/", episodes.gone, _read_episodes, "gone-episodes", methods=READ_ONLY),
    page("episodes/<slug:episode_id>/", episodes.episode, _read_episodes, "episode"),
    page("episodes/<slug:episode_id>/reopen/", episodes.reopen, _read_episodes, "reopen-episode"),
    page(
        "episodes/<slug:episode_id>/note/",
        episodes.note,
        _read_episodes,
        "episode-note",
        methods=READ_ONLY,
    ),
]

_method: list[URLPattern] = [
    page("method/", method.method, permitted("read", "counts"), "method", methods=READ_ONLY),
    page("method/pause/", asked_again(method.pause), _switch, "pause"),
    page(
        "method/pause/lift/",
        asked_again(method.lift, back="/method/pause/"),
        _switch,
        "lift-pause",
        methods=SEND_ONLY,
    ),
]

_today: list[URLPattern] = [page("today/", today.today, SIGNED_IN, "today", methods=READ_ONLY)]

_see_incidents = permitted("read", "incident")
_take_incidents_out = permitted("export", "incident")
_incidents: list[URLPattern] = [
    page("incidents/", incidents.incidents, permitted("read", "counts"), "incidents", methods=READ_ONLY),
    page(
        "incidents/counts.csv",
        asked_again(counts.counts_csv),
        permitted("export", "counts"),
        "counts-csv",
        methods=READ_ONLY,
    ),
    page("incidents/weeks/", incidents.weeks, _see_incidents, "incident-weeks", methods=READ_ONLY),
    page("incidents/kinds/", incidents.kinds, _see_incidents, "incident-kinds", methods=READ_ONLY),
    page("incidents/areas/", incidents.areas, _see_incidents, "incident-areas", methods=READ_ONLY),
    page(
        "incidents/list/",
        incidents.listed,
        permitted("list", "incident"),
        "incident-list",
        methods=READ_ONLY,
    ),
    *(
        page(
            f"incidents/{name}.csv",
            asked_again(view),
            _take_incidents_out,
            f"incident-{name}-csv",
            methods=READ_ONLY,
        )
        for name, view in (
            ("weeks", incidents.weeks_csv),
            ("kinds", incidents.kinds_csv),
            ("areas", incidents.areas_csv),
            ("larger", incidents.larger_csv),
        )
    ),
]

urlpatterns: list[URLPattern] = [*_search, *_episodes, *_method, *_today, *_incidents, *_imports]
