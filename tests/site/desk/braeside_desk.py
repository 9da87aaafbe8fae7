"""A desk with its people, its partners and a report that waits: what tests of its services act upon."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from open_desks import envelope, open_desk, own_store, receive
from people_factory import acting_as, make_colleague, make_organisation

from lippen.site.desk import answer_drafts, at_once, deciding, drafts, fetching
from lippen.site.desk.models import Log, LogState
from lippen.site.speak.store import monday

CANARY = "quinquireme"


class Braeside:
    """A desk with three workers, another organisation's desk, and partners to whom logs can go."""

    def __init__(self) -> None:
        self.group = make_organisation("community-group")
        self.others = make_organisation("community-group")
        self.police = make_organisation("police")
        self.homes = make_organisation("housing")
        self.ann, self.bel, self.cat = (acting_as(make_colleague(self.group, "desk")) for _ in range(3))
        self.stranger = acting_as(make_colleague(self.others, "desk"))
        self.officer = acting_as(make_colleague(self.police, "police-officer"))
        self.keeper = acting_as(make_colleague(self.homes, "co-ordinator"))
        self.desk = open_desk(self.group, "braeside", self.others)
        self.report = receive(self.desk, timezone.localdate())

    def content(self, **other: Any) -> str:
        week = f"{monday(timezone.localdate())}"
        told = {"v": 1, "kind": "selling", "area": "Harbour", "week": week, "weeks": 1, "text": CANARY}
        told |= {"source": "2", "information": "C", "handling": "P", "conditions": ""}
        told |= {"partners": [self.homes.ref], "not_before": None, "at_once": False}
        return json.dumps(told | other)

    def drafted(self, content: str = "", report: str = "", *, held: bool = False) -> tuple[str, str, str]:
        """A draft by Ann: its reference, its words and its salt."""
        content, report, salt = content or self.content(), report or self.report, secrets.token_hex(16)
        fetching.fetch_report(self.ann, report)
        bound = hashlib.sha256(bytes.fromhex(salt) + content.encode()).hexdigest()
        sealed = base64.b64encode(envelope()).decode()
        return drafts.keep_draft(self.ann, report, sealed, bound, held=held), content, salt

    def at_once(self, sooner: str = "", **other: Any) -> str:
        """A log that Ann released at once, for risk to life: its reference."""
        fetching.fetch_report(self.ann, self.report)
        content = self.content(at_once=True, **other)
        return at_once.release_at_once(self.ann, self.report, content, sooner, let_stand="[]", called=True)

    def kept_answer(self) -> str:
        """An answer with Ann's own words, which waits for a colleague."""
        fetching.fetch_report(self.ann, self.report)
        return answer_drafts.keep_answer(self.ann, self.report, base64.b64encode(envelope()).decode())

    def closed(self, report: str, photographs: Sequence[str] = ()) -> None:
        """A report that Bel and Cat close, with these photographs."""
        for one in (self.bel, self.cat):
            fetching.fetch_report(one, report)
        deciding.ask(self.bel, report, "close", "unreadable", photographs)
        deciding.agree(self.cat, report, "close", photographs)

    def mailbox(self) -> tuple[bytes, bytes]:
        """A resident's mailbox: its id and its authenticator."""
        number, authenticator = secrets.token_bytes(16), secrets.token_bytes(32)
        verifier = hashlib.sha256(authenticator).digest()
        own_store().receive_report(self.desk.number, number, verifier, envelope(), timezone.localdate())
        return number, authenticator

    def signed(self, **other: Any) -> str:
        """A log that waits for its batch: its reference."""
        ref, content, salt = self.drafted(self.content(**other), receive(self.desk, timezone.localdate()))
        fetching.fetch_report(self.bel, Log.objects.get(ref=ref).report)
        drafts.sign(self.bel, ref, content, salt)
        return Log.objects.filter(state=LogState.SIGNED).latest("pk").ref
