// The log of a report, written on the report's page: what it has to hold, and how it is kept or released.

import { fromBase64, toBase64, type Bytes } from "../speak/bytes.ts";
import type { Report } from "../speak/messages.ts";
import { against, carried, refuses, type Choices, type Wishes } from "./conditions.ts";
import { blurred, daysOf, dayTold, haveCome, later } from "./days.ts";
import { box, byId, element, formIn, hide, say, send, show, valueOf } from "./dom.ts";
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
import { commitment, drawSalt, sealDraft, unfit, writeContent, type LogContent } from "./log.ts";
import { atWork, whenSent } from "./opening.ts";

/** What the page was told that a log needs. */
export interface AroundLog extends Surroundings, Choices {
  report: string;
  recipients: string[];
  alone: boolean;
}

function partnersOf(form: HTMLFormElement): HTMLInputElement[] {
  return [...form.querySelectorAll<HTMLInputElement>("input[name=partners]")];
}

/** Who must not see it cannot be chosen, and what the resident asked for stands in the conditions already. */
function carryConditions(page: AroundLog, wishes: Wishes): void {
  const form = formIn("log");
  for (const one of partnersOf(form)) {
    one.disabled = refuses(wishes, page.partners.find(({ ref }) => ref === one.value)!);
    if (one.disabled) one.closest("label")?.append(": the resident said no");
  }
  const day = box(form, "not_before");
  day.max = page.latest;
  if (wishes.notBefore !== null) day.value = day.min = wishes.notBefore;
  box(form, "conditions").value = carried(wishes).offered.join(" ");
  if (valueOf(form, "conditions") !== "") box(form, "handling").value = "C";
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

/** What is missing, in a sentence, and the field where it is; null where nothing is. */
function whyNotWhole(form: HTMLFormElement, log: LogContent, today: string): [string, string] | null {
  for (const part of ["kind", "area", "text"] as const)
    if (log[part] === "") return ["Say what it is about, where, and what matters.", part];
  if (!haveCome(log.week, log.weeks, today))
    return ["The last of these weeks has not come yet. Let them begin earlier, or say one week.", "week"];
  if (log.partners.length === 0) return ["Choose who may see it.", "partners"];
  if (valueOf(form, "gain") === "") return ["Say who might gain if this is believed.", "gain"];
  if (log.source === "1" && valueOf(form, "source_reason") === "")
    return ["Source 1 needs a reason.", "source_reason"];
  if (log.handling === "C" && log.conditions === "")
    return ["Handling C needs conditions, or choose P.", "conditions"];
  if (log.handling === "P" && log.conditions !== "")
    return ["There are conditions, so the handling is C.", "handling"];
  const odd = unfit(log);
  if (odd !== null)
    return [`Characters that nobody sees, or none that is a letter, stand in the ${odd}. Write it anew.`, odd];
  const waits = log.not_before !== null && log.not_before > today;
  if (log.at_once && waits && valueOf(form, "sooner") === "") {
    const why = `Say why a life cannot wait for ${dayTold(log.not_before!)}, or take away that a life is at risk.`;
    return [why, "sooner"];
  }
  return null;
}

/** Says what is missing beside its field, which is looked at next; or takes away what was said before. */
export function point(form: HTMLFormElement, missing: [string, string] | null): void {
  form.querySelector("#missing")?.remove();
  say(missing?.[0] ?? "");
  if (missing === null) return;
  const named = `[name=${missing[1]}]`;
  const field = ["", ":not(:disabled)", ":checked"]
    .map((one) => form.querySelector<HTMLElement>(named + one))
    .reduce((one, other) => other ?? one);
  const place = element("p", missing[0]);
  place.id = "missing";
  place.className = "error";
  field?.closest(".field")?.prepend(place);
  field?.focus();
}

/** The form of a log from this report; `wishes` are what the resident asked for. */
export function logForm(page: AroundLog, report: Report, wishes: Wishes): void {
  carryConditions(page, wishes);
  const form = formIn("log");
  const gate = byId("gate");
  const own = carried(wishes).needed;
  let found: Finding[] = [];
  const judged = (): LogContent | null => {
    const log = contentOf(form);
    const missing = whyNotWhole(form, log, page.today);
    point(form, missing);
    if (missing !== null) return null;
    const around = aroundOf(page, log);
    byId("crowd").textContent = `${inCommon(log, report, own)} ${crowd(around, log)}`;
    found = [...against(log, wishes, page), ...judge(log, report, around, own)];
    listFindings("findings", found, log.at_once ? "alone" : "first");
    byId("widen").hidden = around.whole;
    byId("blur").hidden = around.weeks > 1;
    byId("at-once").hidden = !log.at_once;
    byId("sure").hidden = true;
    byId("keep").hidden = log.at_once;
    return log;
  };
  whenSent("log", async () => {
    if (judged() === null) return;
    gate.hidden = false;
    gate.focus();
  });
  // What was looked at is no longer what stands there.
  const tellDays = () => {
    const { week, weeks } = contentOf(form);
    byId("days").textContent = `It tells of the days ${daysOf(week, weeks)}.`;
  };
  tellDays();
  form.addEventListener("input", () => {
    gate.hidden = true;
    tellDays();
  });
  const offer = (id: string, change: () => void) =>
    byId(id).addEventListener("click", () => {
      change();
      tellDays();
      if (judged() !== null) gate.focus(); // the button may be gone
    });
  const chosen = (name: string) => form.elements.namedItem(name) as HTMLSelectElement;
  offer("widen", () => (chosen("area").selectedIndex = chosen("area").options.length - 1));
  const blur = () => {
    const { value, options } = chosen("week");
    const mondays = [...options].map((one) => one.value);
    chosen("week").value = blurred(value, mondays);
    chosen("weeks").value = "4";
  };
  offer("blur", () => {
    if (chosen("weeks").value !== "4") blur();
  });
  // Four weeks that are said in the form move back as those of the button do, where they have not all come.
  chosen("weeks").addEventListener("change", () => {
    const { week, weeks } = contentOf(form);
    if (weeks === 4 && !haveCome(week, weeks, page.today)) blur();
    tellDays();
  });
  offer("wait", () => {
    const day = box(form, "not_before");
    const week = later(day.value || page.today, 7);
    day.value = week < page.latest ? week : page.latest;
  });
  const leaving = (id: string, done: (log: LogContent) => Promise<void>, seen: boolean) =>
    byId(id).addEventListener("click", () => {
      const log = contentOf(form);
      if (seen && (isStopped(found, log.at_once) || !allSeen("findings")))
        return say("Mend or tick each thing that was found.");
      void atWork(gate, () => done(log));
    });
  leaving("keep", (log) => keep(page, form, log, false), true);
  leaving("hold", (log) => keep(page, form, log, true), false);
  leaving("at-once", async (log) => asksFirst(page, log), true);
  leaving("release", (log) => atOnce(page, log, valueOf(form, "sooner"), found), true);
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

/** Before a log goes with nobody after her: whether 999 was called, and whom it reaches. */
function asksFirst(page: AroundLog, { partners }: LogContent): void {
  byId<HTMLInputElement>("called").checked = false;
  const names = page.partners.filter(({ ref }) => partners.includes(ref)).map(({ name }) => name);
  byId("sure-whom").textContent = names.join(", ");
  show("sure");
  byId("sure").focus();
}

async function atOnce(page: AroundLog, log: LogContent, sooner: string, found: Finding[]): Promise<void> {
  const called = byId<HTMLInputElement>("called");
  if (!called.checked) {
    called.focus();
    return say("Call 999 first, and tick that it was called.");
  }
  const stands = JSON.stringify(found.map(({ rule, needs }) => ({ rule, needs })));
  const fields = { content: writeContent(log), sooner, called: "yes", let_stand: stands };
  const answer = await send(`/desk/reports/${page.report}/at-once/`, fields);
  if (typeof answer === "string") return say(answer);
  hide("log");
  say("It is released. A colleague was told to look it over.");
}

/** Keys to seal to, as bytes. */
export function keysOf(recipients: readonly string[]): Bytes[] {
  return recipients.map((one) => fromBase64(one)).filter((one): one is Bytes => one !== null);
}
