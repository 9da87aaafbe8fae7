"""What every answer of the door carries, and the answers that are always the same.

Source of the policy: W3C Content Security Policy 3 and Trusted Types. Nothing is cached, stored, framed
or told to another address, and no cookie is ever set.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

Headers = list[tuple[bytes, bytes]]

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; worker-src 'self'; "
    "img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)

_ALWAYS: Final[Headers] = [
    (b"content-security-policy", POLICY.encode()),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-embedder-policy", b"require-corp"),
    (
        b"permissions-policy",
        b"accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), "
        b"microphone=(), midi=(), payment=(), serial=(), usb=()",
    ),
    (b"server", b"lippen"),
]
_BY_HTTPS: Final[Headers] = [(b"strict-transport-security", b"max-age=31536000")]

TEXT: Final = b"text/plain; charset=utf-8"
PAGE: Final = b"text/html; charset=utf-8"
BYTES: Final = b"application/octet-stream"


@dataclass(frozen=True)
class Answer:
    """One answer: its status, what it carries besides what every answer does, and its body."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""

    def lines(self, *, by_https: bool) -> Headers:
        """All its headers."""
        length = [] if self.status == 204 else [(b"content-length", str(len(self.body)).encode())]
        return [*_ALWAYS, *(_BY_HTTPS if by_https else ()), *self.headers, *length]


def told(status: int, text: str, *headers: tuple[bytes, bytes]) -> Answer:
    """An answer in plain words."""
    return Answer(status, ((b"content-type", TEXT), *headers), f"{text}\n".encode())


DONE: Final = Answer(204)
NO_SUCH_MESSAGE: Final = told(400, "This is no message that can be taken here.")
NO_PROOF: Final = told(403, "The proof of work is missing, too old or used.")
NOT_THERE: Final = told(404, "There is nothing here.")
TOO_MUCH: Final = told(429, "Too much is being sent. Try again in ten minutes.")
FAILED: Final = told(500, "This could not be dealt with. Nothing was kept.")
FULL: Final = told(503, "No more is taken this week.")
ONLY_READ: Final = told(405, "This can only be read.", (b"allow", b"GET, HEAD"))
ONLY_SENT: Final = told(405, "This can only be sent to.", (b"allow", b"POST"))

NOT_OPEN: Final = Answer(
    503,
    ((b"content-type", PAGE),),
    b"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Not open yet</title>
<main>
<h1>This door is not open yet</h1>
<p>Nothing can be sent from here today. If somebody is in danger, call 999.</p>
</main>
</html>
""",
)
