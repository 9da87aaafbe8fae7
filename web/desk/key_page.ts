// The page on which a worker makes her key.

import { box, byId, say, valueOf } from "./dom.ts";
import { drawPassphrase, makeKeys, unwrap, whyWeak } from "./keys.ts";
import { atWork } from "./opening.ts";

export function keyPage(): void {
  const drawn = byId("drawn");
  const form = byId<HTMLFormElement>("make");
  const draw = () => (drawn.textContent = drawPassphrase());
  draw();
  byId("draw").addEventListener("click", draw);
  document.querySelector<HTMLElement>("[data-with-script]")!.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void atWork(form, () => make(form));
  });
}

async function make(form: HTMLFormElement): Promise<void> {
  const passphrase = valueOf(form, "passphrase");
  const weak = whyWeak(passphrase);
  if (weak !== "") return say(weak);
  if (passphrase !== valueOf(form, "again")) return say("The two are not the same. Write them once more.");
  const { recipient, signature, ...wrapped } = await makeKeys(passphrase);
  // Opened once before it is kept: a key that does not open would lose what is sealed to it.
  if ((await unwrap({ recipient, signature, ...wrapped }, passphrase)) === null) return say("Try again.");
  const keep = byId<HTMLFormElement>("keep");
  box(keep, "recipient").value = recipient;
  box(keep, "signature").value = signature;
  box(keep, "wrapped").value = JSON.stringify(wrapped);
  keep.submit();
}
