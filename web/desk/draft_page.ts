// The page of a draft: a second worker sees the log beside the report it came from, and signs the very words.

import { fromBase64 } from "../speak/bytes.ts";
import { against, carried, wishesOf, type Choices, type Partner } from "./conditions.ts";
import { daysOf, dayTold } from "./days.ts";
import { box, byId, lines, say, show, told } from "./dom.ts";
import { judge, type Finding } from "./gate.ts";
import {
  allSeen,
  aroundOf,
  crowd,
  inCommon,
  isStopped,
  listFindings,
  type Surroundings,
} from "./gate_list.ts";
import type { Wrapped } from "./keys.ts";
import { openDraft, readContent, type Draft, type LogContent } from "./log.ts";
import { fetchReport, unlocking } from "./opening.ts";
import type { Report } from "../speak/messages.ts";
import { againstWishes, asLog, judgeSighting, readSighting, type Sighting } from "./sighting.ts";
import { showReport } from "./showing.ts";
import { whenTwo } from "./together.ts";

interface Told extends Surroundings, Choices {
  report: string;
  sealed: string;
  keys: Wrapped[];
  kinds: Record<string, string>;
  channels: Record<string, string>;
  /** Who can have a sighting; null where nobody can. */
  holder: Partner | null;
  gains: Record<string, string>;
  /** What each grade says, by the part of the log and its letter. */
  grades: Record<"source" | "information" | "handling", Record<string, string>>;
}

export function draftPage(place: HTMLElement): void {
  const page = told<Told>(place);
  unlocking(page.keys, async (held) => {
    let draft: Draft | null = null;
    for (const { identity } of held) draft ??= await openDraft(identity, fromBase64(page.sealed)!);
    const log = draft && readContent(draft.content);
    const sighting = draft && readSighting(draft.content);
    if (draft === null || (log ?? sighting) === null || draft.report !== page.report)
      return say("None of your keys opens this draft: it was sealed before you had one.");
    const report = await fetchReport(page.report, held);
    if (report === null) return;
    return whenTwo(report, () =>
      log === null ? opensSighting(page, report, draft!, sighting!) : opens(page, report, draft!, log),
    );
  });
}

function opens(page: Told, report: Report, draft: Draft, log: LogContent): void {
  const partner = (ref: string) => page.partners.find((one) => one.ref === ref);
  const nameOf = (ref: string) => partner(ref)?.name ?? "a partner who is gone";
  const wishes = wishesOf(report, page);
  const own = carried(wishes).needed;
  lines("parts", [
    ["Text", log.text],
    ["Kind", page.kinds[log.kind] ?? log.kind],
    ["Where", log.area],
    ["When", daysOf(log.week, log.weeks)],
    ["Source", page.grades.source[log.source] ?? log.source],
    ["Information", page.grades.information[log.information] ?? log.information],
    ["Handling", page.grades.handling[log.handling] ?? log.handling],
    ["Conditions", log.conditions],
    ["Goes to", log.partners.map(nameOf).join(", ")],
    ["Not before", log.not_before === null ? "no day was named" : dayTold(log.not_before)],
    ["Why source 1 (stays here)", draft.source_reason],
    ["Who might gain (stays here)", page.gains[draft.gain] ?? draft.gain],
  ]);
  showReport(report, wishes);
  const around = aroundOf(page, log);
  byId("crowd").textContent = `${inCommon(log, report, own)} ${crowd(around, log)}`;
  looks(draft, [...against(log, wishes, page), ...judge(log, report, around, own)]);
}

function opensSighting(page: Told, report: Report, draft: Draft, one: Sighting): void {
  const wishes = wishesOf(report, page);
  const { holder } = page;
  const goes = holder?.ref === one.holder ? holder : null;
  lines("parts", [
    ["A sighting: what was offered", one.product],
    ["Through what", page.channels[one.channel] ?? one.channel],
    ["The words or emoji", one.words],
    ["Price in pounds", one.price],
    ["How much for that price", one.quantity],
    ["Where", one.area],
    ["When", daysOf(one.week, 1)],
    ["Goes to", goes?.name ?? "somebody who holds no sightings here now"],
    ["Not before", one.not_before === null ? "no day was named" : dayTold(one.not_before)],
  ]);
  showReport(report, wishes);
  const around = { ...aroundOf(page, asLog(one)), counted: true as const };
  byId("crowd").textContent = `${inCommon(asLog(one), report, [])} ${crowd(around, asLog(one))}`;
  const gone = { rule: "goes to", words: "", says: "Nobody can have it.", needs: "stop" as const };
  const wished = goes === null ? [gone] : againstWishes(one, wishes, goes);
  looks(draft, [...wished, ...judgeSighting(one, report, around)]);
}

/** What was found, for the second person to look at, and the sign-off where nothing stops it. */
function looks(draft: Draft, found: readonly Finding[]): void {
  listFindings("findings", found, "second");
  const form = document.getElementById("sign") as HTMLFormElement | null;
  if (form !== null && !isStopped(found)) signing(form, draft);
  show("opened");
  byId("opened").focus();
}

/** Offers the sign-off, which sends the very words that were looked at. */
function signing(form: HTMLFormElement, draft: Draft): void {
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    if (!allSeen("findings")) {
      event.preventDefault();
      return say("Tick each thing that was found, or throw the draft away.");
    }
    box(form, "content").value = draft.content;
    box(form, "salt").value = draft.salt;
  });
}
