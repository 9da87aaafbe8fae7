"""A worker at the desk's pages: what she fills in, presses and waits for. Each page is one set of verbs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from playwright.sync_api import Page

SECONDS: Final = 180
"""For how long something on a page may keep a worker waiting: a busy machine opens a key in half a minute."""


@dataclass
class AtADesk:
    """Somebody at the pages of a site, signed in, whose passphrase is this."""

    page: Page
    site: str
    passphrase: str = ""

    def __post_init__(self) -> None:
        self.page.set_default_timeout(SECONDS * 1000)

    def sees(self, text: str) -> None:
        """Wait until this stands on the page."""
        self.page.get_by_text(text).first.wait_for()

    def make_key(self) -> None:
        """Under a passphrase of her own where she has one, else under the five words that are drawn."""
        self.page.goto(f"{self.site}/desk/key/")
        self.passphrase = self.passphrase or self.page.text_content("#drawn") or ""
        self.page.fill("#make input[name=passphrase]", self.passphrase)
        self.page.fill("#make input[name=again]", self.passphrase)
        self.page.click("#make button[type=submit]")
        self.sees("Your key is kept")

    def unlock(self) -> None:
        self.page.fill("#unlock input[name=passphrase]", self.passphrase)
        self.page.click("#unlock button")
        self.page.wait_for_selector("#opened:not([hidden])")

    def open_report(self) -> None:
        """The one that waits, from the list of the desk."""
        self.page.goto(f"{self.site}/desk/")
        self.page.locator("a[href*='/desk/reports/']").first.click()
        self.unlock()

    def see_photograph(self) -> int:
        """Opens the first photograph. Returns its width."""
        self.page.click("#photographs button >> nth=0")
        picture = self.page.wait_for_selector("#photographs img")
        assert picture is not None
        return int(picture.evaluate("one => one.decode().then(() => one.naturalWidth)"))

    def step(self, name: str) -> None:
        """Fold out what is done next with the report, if it is not."""
        if self.page.get_attribute(f"#{name}", "open") is None:
            self.page.click(f"#{name} > summary")

    def write_log(self, area: str, text: str, *partners: str, **more: str) -> None:
        """Fill the log in, pass the gate, and keep the draft. `more` are texts of other fields."""
        self.step("log")
        self.page.select_option("#log_kind", "selling")
        self.page.select_option("#log_area", area)
        self.page.select_option("#log_gain", "nobody")
        for partner in partners:
            self.page.get_by_label(partner, exact=True).check()
        self.page.fill("#log_text", text)
        for name, written in more.items():
            self.page.fill(f"#log_{name}", written)
        self.page.click("#log form button")
        self.page.wait_for_selector("#gate:not([hidden])")
        self._tick()
        self.page.click("#keep")
        self.sees("It is kept, sealed")

    def answer(self, template: str, own_words: str = "") -> None:
        """Send what stands ready; with own words, keep it for a colleague to send."""
        self.step("answer")
        self.page.select_option("#answer_template", template)
        self.page.fill("#answer_own_words", own_words)
        self.page.check("#answer_true")
        self.page.click("#answer form button")
        if own_words == "":
            return self.sees("It is sealed and sent")
        self.page.wait_for_selector("#answer-gate:not([hidden])")
        self._tick("answer-findings")
        self.page.click("#keep-answer")
        return self.sees("Your answer is kept, sealed")

    def send_answer(self) -> None:
        """The colleague's that waits, from the list of the desk."""
        self.page.goto(f"{self.site}/desk/")
        self.page.locator("a[href*='/desk/answers/']").first.click()
        self.unlock()
        self._tick()
        self.page.check("#send-true")
        self.page.click("#send button")
        self.sees("It is sealed and sent")

    def sign_off(self) -> None:
        """The draft that waits, from the list of the desk."""
        self.page.goto(f"{self.site}/desk/")
        self.page.locator("a[href*='/desk/drafts/']").first.click()
        self.unlock()
        self._tick()
        self.page.click("#sign button")
        self.sees("You signed it off")

    def ask_to_close(self, ground: str) -> None:
        """Ask a colleague to close the report that is open on the page."""
        self.step("closing")
        self.page.select_option("#close_ground", ground)
        self.page.click("#ask-to-close button")
        self.sees("One of them has to agree")

    def agree_to_close(self) -> None:
        """Delete the report that is open on the page, as a colleague asked."""
        self.step("closing")
        self.page.click("#agree-to-close button")
        self.page.wait_for_url(f"{self.site}/desk/")

    def _tick(self, findings: str = "findings") -> None:
        for box in self.page.locator(f"#{findings} input").all():
            box.check()
