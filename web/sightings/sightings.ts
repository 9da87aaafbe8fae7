// What the form for sightings runs: it takes accounts, numbers and links out as they are typed. The site does
// the same with all that comes, whether this ran or not. An account never leaves the browser: what the site
// compares is its digest, which goes along in a field of its own and is kept nowhere.

import { sha256 } from "@noble/hashes/sha2.js";
import { whenLeft, whileTyping, type Hidden } from "./hiding.ts";

const WRITTEN = ["product", "words", "price_gbp", "quantity"];
const SAID = "An account, a number or a link was taken out. Tell the rest without it.";

type Field = HTMLInputElement | HTMLTextAreaElement;

function digestOf(contact: string): string {
  return [...sha256(new TextEncoder().encode(contact))].map((one) => one.toString(16).padStart(2, "0")).join("");
}

const form = document.getElementById("sighting");
if (form instanceof HTMLFormElement) watch(form);

function watch(form: HTMLFormElement): void {
  const accounts = form.elements.namedItem("accounts") as HTMLInputElement;
  const named = new Set(accounts.value.split(" ").filter((one) => one !== ""));
  const fields = WRITTEN.map((name) => form.elements.namedItem(name) as Field);

  const put = (field: Field, { text, caret, contacts }: Hidden): void => {
    if (text === field.value) return;
    for (const one of contacts) named.add(digestOf(one));
    accounts.value = [...named].join(" ");
    field.value = text;
    if (document.activeElement === field) field.setSelectionRange(caret, caret);
    document.getElementById("hidden")!.textContent = SAID;
  };

  for (const field of fields) {
    field.addEventListener("input", (event) => {
      const { inputType, isComposing } = event as InputEvent;
      if (isComposing) return; // a keyboard that puts words together would write over what is put in
      const whole = /^insertFrom(?:Paste|Drop)/.test(inputType ?? "");
      put(field, whole ? whenLeft(field.value) : whileTyping(field.value, field.selectionStart ?? field.value.length));
    });
    field.addEventListener("change", () => put(field, whenLeft(field.value)));
    field.addEventListener("blur", () => put(field, whenLeft(field.value)));
  }
  form.addEventListener("submit", () => {
    for (const field of fields) put(field, whenLeft(field.value));
  });
}
