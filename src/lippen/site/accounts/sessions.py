"""Sessions as the database keeps them, so that whoever reads it can use none.

The cookie is a key of 165 bits of chance. The database holds its SHA-256 and never the key, and what the
session holds is encrypted with a key made of the cookie and the site's own session key. So a row opens
nothing, tells nothing, and is worth nothing in the place of another. No network address and no browser is
kept.

The regime alone stands beside the content, as the organisations of a person do elsewhere. It is fixed by one
statement that finds none fixed before, and whoever saves a session does not write it: a slow request that
read the session earlier saves no older law over a newer one, and takes none away.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, transaction
from django.utils import timezone

from lippen.site.accounts.models import Session

BEGAN: Final = "began"
SEEN: Final = "seen"
"""Keys of the session: seconds since 1970 when somebody signed in, and when it was last used, to the
minute.
"""

REGIME: Final = "regime"
"""The session's key for the regime under which somebody acts. Once fixed it stays until the session ends:
nobody reads under one law and carries it into the other without signing in anew.
"""


class SessionStore(SessionBase):
    """One session, by the key in its cookie: what Django's sessions ask of a store (SESSION_ENGINE)."""

    if TYPE_CHECKING:  # Django's own, which its stubs leave out

        def _get_new_session_key(self) -> str: ...
        def _get_session(self, no_load: bool = False) -> dict[str, Any]: ...

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing, and no key any more, when there is none that this key opens."""
        key = self.session_key or ""
        found = Session.objects.filter(digest=digest_of(key), expires_at__gt=timezone.now())
        # Two columns in no order, of one row at most: every page asks this.
        for content, regime in found.values_list("content", "regime"):
            try:
                held: dict[str, Any] = self.serializer().loads(_cipher(key).decrypt(content.encode()))
            except InvalidToken:
                continue  # of another session key, or moved here from another row: it opens nothing
            return {**held, REGIME: regime} if regime else held
        self._session_key = None
        return {}

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(digest=digest_of(session_key)).exists()

    def create(self) -> None:
        self._session_key = self._get_new_session_key()
        self.save(must_create=True)
        self.modified = True

    def cycle_key(self) -> None:
        """Go on under a new key and the same regime, also one that was fixed since this was loaded."""
        with transaction.atomic():
            before = Session.objects.select_for_update().filter(digest=digest_of(self.session_key)).first()
            super().cycle_key()
            fixed = before.regime if before is not None else ""
            Session.objects.filter(digest=digest_of(self.session_key)).update(regime=fixed)

    def save(self, must_create: bool = False) -> None:
        """Raises CreateError when it is there already, UpdateError when it was ended meanwhile."""
        if self.session_key is None:
            self.create()
            return
        held = {key: told for key, told in self._get_session(no_load=must_create).items() if key != REGIME}
        now = timezone.now()
        row: dict[str, Any] = {
            "content": _cipher(self.session_key).encrypt(self.serializer().dumps(held)).decode(),
            "expires_at": self.get_expiry_date(),
            "person_id": held.get(SESSION_KEY),
            "began": _moment(held.get(BEGAN)) or now,
            "used": _moment(held.get(SEEN)) or now,
        }
        digest = digest_of(self.session_key)
        if not must_create:
            if not Session.objects.filter(digest=digest).update(**row):
                raise UpdateError
            return
        try:
            with transaction.atomic():
                Session.objects.create(digest=digest, **row)
        except IntegrityError as error:
            raise CreateError from error

    def delete(self, session_key: str | None = None) -> None:
        Session.objects.filter(digest=digest_of(session_key or self.session_key)).delete()

    @classmethod
    def clear_expired(cls) -> None:
        Session.objects.filter(expires_at__lte=timezone.now()).delete()


def fix_regime(session: SessionBase, regime: str) -> str:
    """Fix the regime of a session that has none; returns the one that it has then, "" when it was ended.

    Of several requests at one moment the first fixes it, and each of them is told the same.
    """
    row = Session.objects.filter(digest=digest_of(session.session_key))
    row.filter(regime="").update(regime=regime)
    fixed = row.values_list("regime", flat=True).first() or ""
    if fixed:
        session[REGIME] = fixed
    return fixed


def digest_of(key: str | None) -> bytes:
    """What the database keeps of a session's key. A plain hash is enough for what nobody can guess."""
    return sha256((key or "").encode()).digest()


def _cipher(key: str) -> Fernet:
    secret = settings.KEYS.session.reveal() + key.encode()
    made = HKDF(SHA256(), 32, salt=None, info=b"lippen session").derive(secret)
    return Fernet(base64.urlsafe_b64encode(made))


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
