// A sighting of a report, written on the report's page: filled in as far as the report says, cleaned by whoever
// works at the desk, and kept for a second person.

import { toBase64 } from "../speak/bytes.ts";
import type { Report } from "../speak/messages.ts";
import type { Choices, Partner, Wishes } from "./conditions.ts";
import { box, byId, element, formIn, hide, say, send, valueOf } from "./dom.ts";
import type { Finding } from "./gate.ts";
import { allSeen, aroundOf, crowd, inCommon, isStopped, listFindings, type Surroundings } from "./gate_list.ts";
import { commitment, drawSalt, sealDraft } from "./log.ts";
import { keysOf, point } from "./log_form.ts";
import { atWork, whenSent } from "./opening.ts";
import { named } from "./signs.ts";
import {
  againstWishes,
  asLog,
  judgeSighting,
  offeredIn,
  pounds,
  priceInWords,
  seen,
  unfitPart,
  whyNone,
  writeSighting,
  type Sighting,
} from "./sighting.ts";

/** What the page was told that a sighting needs. */
export interface AroundSighting extends Surroundings, Choices {
  report: string;
  /** The Monday of the week in which the report came. */
  week: string;
  recipients: string[];
  alone: boolean;
  /** Who can have one; null where nobody can, and the page says why. */
  holder: Partner | null;
}

function contentOf(form: HTMLFormElement, holder: Partner): Sighting {
  return {
    v: 1,
    sighting: "offer",
    product: seen(valueOf(form, "product")),
    channel: valueOf(form, "channel"),
    words: seen(valueOf(form, "words")),
    price: valueOf(form, "price"),
    quantity: seen(valueOf(form, "quantity")),
    area: valueOf(form, "area"),
    week: valueOf(form, "week"),
    holder: holder.ref,
    not_before: valueOf(form, "not_before") || null,
  };
}

/** Fills in what the report says: only choices that there are, and texts as they came. */
function fillIn(form: HTMLFormElement, page: AroundSighting, report: Report, wishes: Wishes): void {
  // In which week it was seen nobody but she knows, unless she said the one in which she wrote.
  const told = { ...offeredIn(report), week: report.answers.when === "week" ? page.week : "" };
  for (const [part, value] of Object.entries(told)) {
    const field = box(form, part) as HTMLInputElement | HTMLSelectElement;
    const known = !(field instanceof HTMLSelectElement) || [...field.options].some((one) => one.value === value);
    if (known) field.value = String(value);
  }
  tellPrice(box(form, "price"), priceInWords(report));
  const day = box(form, "not_before");
  day.max = page.latest;
  if (wishes.notBefore !== null) day.value = day.min = wishes.notBefore;
}

/** What the resident wrote, beside a field that it could not be read into. */
function tellPrice(field: HTMLInputElement, written: string): void {
  if (written === "") return;
  const told = element("p", `The resident wrote: “${named(written)}”. Write it as a number of pounds, if it is one.`);
  told.id = "sighting_price_told";
  told.className = "hint";
  field.before(told);
  field.setAttribute("aria-describedby", told.id);
}

function whyNotWhole(form: HTMLFormElement, one: Sighting): [string, string] | null {
  for (const part of ["product", "channel", "area", "week"] as const)
    if (one[part] === "") return ["Say what was offered, through what, where and when.", part];
  for (const part of ["product", "words", "quantity"] as const) {
    const most = box(form, part).maxLength;
    if ([...one[part]].length > most) return [`Say it in at most ${most} characters.`, part];
  }
  if (one.price !== "" && pounds(one.price) !== one.price)
    return ["Write the price as a number of pounds: 35, or 35.50.", "price"];
  const odd = unfitPart(one);
  if (odd !== null) return ["Characters that nobody sees stand here, or none that is a letter. Write it anew.", odd];
  return null;
}

export function sightingForm(page: AroundSighting, report: Report, wishes: Wishes): void {
  const { holder } = page;
  if (holder === null) return;
  const form = formIn("sighting");
  const none = whyNone(wishes, holder);
  if (none !== "") {
    byId("no-sighting").textContent = none;
    byId("no-sighting").hidden = false;
    form.hidden = true;
    hide("sighting-goes");
    return;
  }
  fillIn(form, page, report, wishes);
  const gate = byId("sighting-gate");
  let found: Finding[] = [];
  whenSent("sighting", async () => {
    const one = contentOf(form, holder);
    const missing = whyNotWhole(form, one);
    point(form, missing);
    if (missing !== null) return;
    const around = { ...aroundOf(page, asLog(one)), counted: true as const };
    byId("sighting-crowd").textContent = `${inCommon(asLog(one), report, [])} ${crowd(around, asLog(one))}`;
    found = [...againstWishes(one, wishes, holder), ...judgeSighting(one, report, around)];
    listFindings("sighting-findings", found, "first");
    gate.hidden = false;
    gate.focus();
  });
  // What was looked at is no longer what stands there.
  form.addEventListener("input", () => (gate.hidden = true));
  byId("keep-sighting").addEventListener("click", () => {
    if (isStopped(found) || !allSeen("sighting-findings")) return say("Mend or tick each thing that was found.");
    void atWork(gate, () => keep(page, contentOf(form, holder)));
  });
}

async function keep(page: AroundSighting, one: Sighting): Promise<void> {
  if (page.alone) return say("Nobody else at this desk has a key, so nobody could sign it off.");
  const content = writeSighting(one);
  const salt = drawSalt();
  const draft = { v: 1 as const, kind: "draft" as const, salt, content, report: page.report };
  const sealed = toBase64(await sealDraft({ ...draft, source_reason: "", gain: "" }, keysOf(page.recipients)));
  const fields = { sealed, commitment: commitment(salt, content), held: "no" };
  const answer = await send(`/desk/reports/${page.report}/draft/`, fields);
  if (typeof answer === "string") return say(answer);
  hide("sighting");
  say("It is kept, sealed. A colleague was told that it waits.");
}
