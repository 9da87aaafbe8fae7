// The log of a report, written on the report's page: what it has to hold, and how it is kept or released.

import { fromBase64, toBase64, type Bytes } from "../speak/bytes.ts";
import type { Report } from "../speak/messages.ts";
import { box, byId, formIn, hide, say, send, valueOf } from "./dom.ts";
import { judge } from "./gate.ts";
import { allSeen, aroundOf, crowd, inCommon, listFindings, type Surroundings } from "./gate_list.ts";
import { commitment, drawSalt, sealDraft, writeContent, type LogContent } from "./log.ts";
import { atWork, whenSent } from "./opening.ts";

/** What the page was told that a log needs. */
export interface AroundLog extends Surroundings {
  report: string;
  recipients: string[];
  alone: boolean;
  partners: { ref: string; name: string; kind: string }[];
}

function partnersOf(form: HTMLFormElement): HTMLInputElement[] {
  return [...form.querySelectorAll<HTMLInputElement>("input[name=partners]")];
}

/** Who must not see it cannot be chosen, and what the resident asked for stands in the conditions already. */
function carryConditions(page: AroundLog, report: Report, notTo: readonly string[]): void {
  const form = formIn("log");
  const asked: string[] = [];
  for (const one of partnersOf(form)) {
    const partner = page.partners.find(({ ref }) => ref === one.value)!;
    const kept = report.conditions.not_to.some(
      (id, at) => id === partner.kind || alike(notTo[at]!, partner.name) || alike(id, partner.name),
    );
    if (kept) one.disabled = true;
  }
  if (notTo.length > 0) asked.push(`Not to be passed on to ${notTo.join(" or ")}.`);
  if (report.conditions.not_before !== null) {
    box(form, "not_before").value = report.conditions.not_before;
    box(form, "not_before").min = report.conditions.not_before;
    asked.push(`Nothing is to be done before ${report.conditions.not_before}.`);
  }
  box(form, "conditions").value = asked.join(" ");
}

function alike(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}

/** Partners that the resident named and that none of the choices is: the worker has to see to it by hand. */
function unmatched(page: AroundLog, report: Report, notTo: readonly string[]): string[] {
  return notTo.filter((name, at) => {
    const id = report.conditions.not_to[at]!;
    return !page.partners.some((one) => one.kind === id || alike(name, one.name) || alike(id, one.name));
  });
}

function contentOf(form: HTMLFormElement): LogContent {
  return {
    v: 1,
    kind: valueOf(form, "kind"),
    area: valueOf(form, "area"),
    week: valueOf(form, "week"),
    weeks: Number(valueOf(form, "weeks")),
    text: valueOf(form, "text"),
    source: valueOf(form, "source"),
    information: valueOf(form, "information"),
    handling: valueOf(form, "handling"),
    conditions: valueOf(form, "conditions"),
    partners: new FormData(form).getAll("partners").map(String),
    not_before: valueOf(form, "not_before") || null,
    at_once: new FormData(form).has("at_once"),
  };
}

/** What is missing, in a sentence; "" where nothing is. */
function whyNotWhole(form: HTMLFormElement, log: LogContent, report: Report): string {
  if (log.kind === "" || log.area === "" || log.text === "")
    return "Say what it is about, where, and what matters.";
  if (log.partners.length === 0) return "Choose who may see it.";
  if (valueOf(form, "gain") === "") return "Say who might gain if this is believed.";
  if (log.source === "1" && valueOf(form, "source_reason") === "") return "Source 1 needs a reason.";
  if (log.handling === "C" && log.conditions === "") return "Handling C needs conditions, or choose P.";
  if (log.handling === "P" && log.conditions !== "") return "There are conditions, so the handling is C.";
  const day = report.conditions.not_before;
  if (day !== null && (log.not_before === null || log.not_before < day))
    return `The resident asked for ${day} or later.`;
  return "";
}

/** The form of a log from this report; `notTo` are the names of those who must not see it. */
export function logForm(page: AroundLog, report: Report, notTo: readonly string[]): void {
  carryConditions(page, report, notTo);
  const form = formIn("log");
  const gate = byId("gate");
  const judged = (): LogContent | null => {
    const log = contentOf(form);
    const why = whyNotWhole(form, log, report);
    say(why);
    if (why !== "") return null;
    const around = aroundOf(page, log.area);
    byId("crowd").textContent = `${inCommon(log, report)} ${crowd(around, log)}`;
    const byHand = unmatched(page, report, notTo).map((name) => ({
      rule: "not to",
      words: name,
      says: "The resident said no to this partner, and none of those listed has that name. Be sure.",
      needs: "look" as const,
    }));
    listFindings("findings", [...judge(log, report, around), ...byHand], false);
    byId("at-once").hidden = !log.at_once;
    byId("keep").hidden = log.at_once;
    return log;
  };
  whenSent("log", async () => {
    if (judged() === null) return;
    gate.hidden = false;
    gate.focus();
  });
  // What was looked at is no longer what stands there.
  form.addEventListener("input", () => (gate.hidden = true));
  const offer = (id: string, change: () => void) =>
    byId(id).addEventListener("click", () => {
      change();
      judged();
    });
  const chosen = (name: string) => form.elements.namedItem(name) as HTMLSelectElement;
  offer("widen", () => (chosen("area").selectedIndex = chosen("area").options.length - 1));
  offer("blur", () => (chosen("weeks").value = "4"));
  offer("wait", () => {
    const from = new Date(`${box(form, "not_before").value || page.today}T00:00:00Z`);
    from.setUTCDate(from.getUTCDate() + 7);
    box(form, "not_before").value = from.toISOString().slice(0, 10);
  });
  const leaving = (id: string, done: (log: LogContent) => Promise<void>, seen: boolean) =>
    byId(id).addEventListener("click", () => {
      const log = contentOf(form);
      if (seen && !allSeen("findings")) return say("Mend or tick each thing that was found.");
      void atWork(gate, () => done(log));
    });
  leaving("keep", (log) => keep(page, form, log, false), true);
  leaving("hold", (log) => keep(page, form, log, true), false);
  leaving("at-once", (log) => atOnce(page, log), true);
}

async function keep(page: AroundLog, form: HTMLFormElement, log: LogContent, held: boolean): Promise<void> {
  const content = writeContent(log);
  const salt = drawSalt();
  const draft = {
    v: 1 as const,
    kind: "draft" as const,
    ...{ salt, content, report: page.report },
    source_reason: valueOf(form, "source_reason"),
    gain: valueOf(form, "gain"),
  };
  if (page.alone && !held) return say("Nobody else at this desk has a key, so nobody could sign it off.");
  const sealed = toBase64(await sealDraft(draft, keysOf(page.recipients)));
  const fields = { sealed, commitment: commitment(salt, content), held: held ? "yes" : "no" };
  const answer = await send(`/desk/reports/${page.report}/draft/`, fields);
  if (typeof answer === "string") return say(answer);
  hide("log");
  say(held ? "It is held at the desk." : "It is kept, sealed. A colleague was told that it waits.");
}

async function atOnce(page: AroundLog, log: LogContent): Promise<void> {
  const answer = await send(`/desk/reports/${page.report}/at-once/`, { content: writeContent(log) });
  if (typeof answer === "string") return say(answer);
  hide("log");
  say("It is released. A colleague was told to look it over. Have you called 999?");
}

/** Keys to seal to, as bytes. */
export function keysOf(recipients: readonly string[]): Bytes[] {
  return recipients.map((one) => fromBase64(one)).filter((one): one is Bytes => one !== null);
}
