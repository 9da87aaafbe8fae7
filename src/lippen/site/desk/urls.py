"""Every address of the desk, and of the logs that it released."""

from __future__ import annotations

from datetime import timedelta

from django.urls import URLPattern

from lippen.site.accounts.access import READ_ONLY, SEND_ONLY, page, permitted
from lippen.site.accounts.sign_in_again import asked_again
from lippen.site.desk.views import answers, drafts, keys, logs, reports

_list = permitted("list", "sealed-report")
_open = permitted("read", "sealed-report")
_practise = permitted("write", "desk")
_release = permitted("share", "desk-log")
_sign = permitted("write", "desk-log")
_read = permitted("read", "desk-log")

_TO_READ = timedelta(minutes=30)
"""How long one may look at a draft before one signs it or throws it away."""

_here = "desk/reports/<sealed:ident>"

urlpatterns: list[URLPattern] = [
    page("desk/", reports.desk, _list, "desk", methods=READ_ONLY),
    page("desk/key/", asked_again(keys.own_key), _practise, "desk-key"),
    page("desk/protection/", drafts.protection, permitted("read", "desk"), "protection", methods=READ_ONLY),
    page(f"{_here}/", reports.report, _open, "desk-report", methods=READ_ONLY),
    page(f"{_here}/fetch/", reports.fetch, _open, "fetch-report", methods=SEND_ONLY),
    page(f"{_here}/pass-on/", reports.pass_on, _open, "pass-on-report", methods=SEND_ONLY),
    page(f"{_here}/draft/", reports.keep_draft, _practise, "keep-draft", methods=SEND_ONLY),
    page(f"{_here}/at-once/", reports.release_at_once, _release, "release-at-once", methods=SEND_ONLY),
    page(f"{_here}/answer/", reports.answer, _practise, "answer-report", methods=SEND_ONLY),
    page(f"{_here}/answer/draft/", reports.keep_answer, _practise, "keep-answer", methods=SEND_ONLY),
    page(f"{_here}/stop/", reports.stop, _practise, "stop-answers", methods=SEND_ONLY),
    page(f"{_here}/decide/", reports.decide, _practise, "decide-report", methods=SEND_ONLY),
    page(
        "desk/photographs/<sealed:ident>/fetch/",
        reports.fetch_photograph,
        _open,
        "fetch-photograph",
        methods=SEND_ONLY,
    ),
    page(
        "desk/colleagues/<ref:ref>/keys/",
        reports.colleague_keys,
        permitted("read", "desk"),
        "colleague-keys",
        methods=SEND_ONLY,
    ),
    page("desk/drafts/<ref:ref>/", asked_again(drafts.draft, to_fill_in=_TO_READ), _sign, "desk-draft"),
    page(
        "desk/answers/<ref:ref>/",
        asked_again(answers.answer_that_waits, to_fill_in=_TO_READ),
        _practise,
        "desk-answer",
    ),
    page("desk/answers/<ref:ref>/send/", answers.send, _practise, "send-answer", methods=SEND_ONLY),
    page("logs/", logs.logs, permitted("list", "desk-log"), "logs", methods=READ_ONLY),
    page("logs/<ref:ref>/", logs.log, _read, "log", methods=READ_ONLY),
    page("logs/<ref:ref>/looked-over/", logs.look_over, _release, "look-over", methods=SEND_ONLY),
]
