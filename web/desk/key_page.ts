// The page on which a worker makes her key.

import { box, byId, say, told, valueOf } from "./dom.ts";
import { makeKeys, unwrap, unwrapByPasskey, type Passkey, type Whose, type Wrapped } from "./keys.ts";
import { atWork } from "./opening.ts";
import { askPasskey, makePasskey, whyNoPasskey } from "./passkey.ts";
import { drawPassphrase, whyWeak } from "./passphrase.ts";

interface Told extends Whose {
  keys: Wrapped[];
}

export function keyPage(place: HTMLElement): void {
  const page = told<Told>(place);
  const drawn = byId("drawn");
  const form = byId<HTMLFormElement>("make");
  const draw = () => (drawn.textContent = drawPassphrase());
  draw();
  byId("draw").addEventListener("click", draw);
  document.querySelector<HTMLElement>("[data-with-script]")!.hidden = false;
  const asks = () => {
    const without = valueOf(form, "way") === "passkey";
    byId("words").hidden = without;
    for (const name of ["passphrase", "again"]) fieldOf(box(form, name)).hidden = without;
  };
  form.addEventListener("change", asks);
  asks();
  void whyNoPasskey().then((why) => {
    if (why !== "") withoutPasskeys(form, why);
    asks();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void atWork(form, () => make(form, page));
  });
}

function withoutPasskeys(form: HTMLFormElement, why: string): void {
  for (const one of form.querySelectorAll<HTMLInputElement>("input[name=way]")) {
    one.checked = one.value === "passphrase";
    one.disabled = one.value !== "passphrase";
  }
  byId("no-passkey").textContent = why;
}

async function make(form: HTMLFormElement, page: Told): Promise<void> {
  const way = valueOf(form, "way");
  const passphrase = way === "passkey" ? undefined : valueOf(form, "passphrase");
  if (passphrase !== undefined) {
    const weak = whyWeak(passphrase);
    if (weak !== "") return say(weak);
    if (passphrase !== valueOf(form, "again")) return say("The two are not the same. Write them once more.");
  }
  const passkey = way === "passphrase" ? undefined : await passkeyFor(page.keys);
  if (typeof passkey === "string") return say(passkey);
  const { wrapped, proof } = await makeKeys({ passphrase, passkey }, page);
  // Opened once in each way before it is kept: a key that does not open would lose what is sealed to it.
  if (passphrase !== undefined && (await unwrap(wrapped, passphrase)) === null) return say("Try again.");
  if (passkey !== undefined && (await unwrapByPasskey(wrapped, passkey)) === null) return say("Try again.");
  const { recipient, signature, ...kept } = wrapped;
  const keep = byId<HTMLFormElement>("keep");
  box(keep, "recipient").value = recipient;
  box(keep, "signature").value = signature;
  box(keep, "proof").value = proof;
  box(keep, "wrapped").value = JSON.stringify(kept);
  keep.submit();
}

// The passkey that she has already, so that one touch opens all her keys; a new one where it is not at hand.
async function passkeyFor(keys: readonly Wrapped[]): Promise<Passkey | string> {
  const known = keys.flatMap((one) => one.passkey ?? []);
  if (known.length > 0) {
    const had = await askPasskey(known);
    if (typeof had !== "string") return had;
  }
  return makePasskey();
}

function fieldOf(input: HTMLInputElement): HTMLElement {
  return input.closest<HTMLElement>(".field") ?? input;
}
