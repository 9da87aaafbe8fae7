// Keys that are open in this tab, and how they go: when she leaves, and after five minutes without a touch.

import { openReport } from "../speak/sealing.ts";
import type { Report } from "../speak/messages.ts";
import { box, byId, formIn, hide, say, send, show, valueOf } from "./dom.ts";
import { unwrap, unwrapByPasskey, type Held, type Wrapped } from "./keys.ts";
import { askPasskey, whyNoPasskey } from "./passkey.ts";

const IDLE_MS = 5 * 60 * 1000;

/** Asks for the passphrase or the passkey, and goes on with the keys that it opens, the newest first. */
export function unlocking(wrapped: readonly Wrapped[], then: (held: Held[]) => Promise<void>): void {
  if (document.getElementById("unlock") === null) return;
  show("unlock");
  formIn("unlock").hidden = wrapped.every((one) => one.passphrase === undefined);
  byId("by-passkey").hidden = wrapped.every((one) => one.passkey === undefined);
  const goOn = async (held: Held[]) => {
    lockWhenIdle();
    hide("unlock");
    await then(held);
  };
  whenSent("unlock", async (form) => {
    const held = await opened(wrapped, valueOf(form, "passphrase"));
    box(form, "passphrase").value = "";
    if (held.length === 0) return say("This passphrase opens none of your keys. Nothing was fetched.");
    await goOn(held);
  });
  whenPressed("by-passkey", async () => {
    const held = await openedByPasskey(wrapped);
    if (typeof held === "string") return say(held);
    if (held.length === 0) return say("This passkey opens none of your keys. Nothing was fetched.");
    await goOn(held);
  });
}

/** The keys that a passphrase opens. */
export async function opened(wrapped: readonly Wrapped[], passphrase: string): Promise<Held[]> {
  const held: Held[] = [];
  for (const one of wrapped) {
    const key = await unwrap(one, passphrase);
    if (key !== null) held.push(key);
  }
  return held;
}

/** The keys that a passkey opens, with one touch; or why it opens none, in words. */
export async function openedByPasskey(wrapped: readonly Wrapped[]): Promise<Held[] | string> {
  const boxes = wrapped.flatMap((one) => one.passkey ?? []);
  if (boxes.length === 0) return "No passkey opens this key. It opens by its passphrase.";
  const why = await whyNoPasskey();
  const passkey = why === "" ? await askPasskey(boxes) : why;
  if (typeof passkey === "string") return passkey;
  const found = await Promise.all(wrapped.map((one) => unwrapByPasskey(one, passkey)));
  return found.filter((one) => one !== null);
}

/** Fetches a report and opens it with whichever key it was sealed to; null where it cannot, and says why. */
export async function fetchReport(report: string, held: readonly Held[]): Promise<Report | null> {
  const answer = await send(`/desk/reports/${report}/fetch/`, {});
  if (typeof answer === "string") return (say(answer), null);
  const sealed = new Uint8Array(await answer.arrayBuffer());
  for (const { identity } of held) {
    const found = await openReport(identity, sealed);
    if (found !== null) {
      // Each message brings its own wishes, and nobody keeps those of the ones before.
      const before = document.getElementById("follow-up");
      if (before !== null) before.hidden = found.number === 1;
      return found;
    }
  }
  say(
    "None of the keys that are open now opens this report: it was sealed before you had one, to somebody else, " +
      "or to a key of yours that opens in another way. Have you older words? Try those.",
  );
  return null;
}

/** Does something when the form in this section is sent, once at a time. */
export function whenSent(section: string, done: (form: HTMLFormElement) => Promise<void>): void {
  const form = formIn(section);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void atWork(form, () => done(form));
  });
}

/** Does something when the button of this place is pressed, once at a time. */
export function whenPressed(place: string, done: () => Promise<void>): void {
  const pressed = byId(place);
  pressed.querySelector("button")!.addEventListener("click", () => void atWork(pressed, done));
}

/** Runs `done` while the buttons of a place rest, so that two presses are one. */
export async function atWork(place: HTMLElement, done: () => Promise<void>): Promise<void> {
  const buttons = [...place.querySelectorAll("button")];
  if (buttons.some((one) => one.disabled)) return;
  for (const one of buttons) one.disabled = true;
  say("One moment.");
  try {
    await done();
    if (byId("said").textContent === "One moment.") say("");
  } finally {
    for (const one of buttons) one.disabled = false;
  }
}

// Loading the page anew is the one way to be rid of all that it holds, whatever of it stands where.
function lockWhenIdle(): void {
  const lock = () => location.reload();
  let waiting = setTimeout(lock, IDLE_MS);
  for (const event of ["keydown", "pointerdown", "scroll"]) {
    addEventListener(event, () => {
      clearTimeout(waiting);
      waiting = setTimeout(lock, IDLE_MS);
    });
  }
  // A tab that is put away is emptied at once: the browser may keep it for the way back.
  addEventListener("pagehide", () => byId("main").replaceChildren());
  addEventListener("pageshow", (event) => event.persisted && lock());
}
