// The page of one report: opened, read, written down as a log, and answered, all in this tab.

import { fromBase64, toBase64, type Bytes } from "../speak/bytes.ts";
import type { Report, SentPhotograph } from "../speak/messages.ts";
import { openPhotograph, packAnswer, sealAnswer } from "../speak/sealing.ts";
import { against, carried, refuses, wishesOf, wishesTold, type Choices, type Wishes } from "./conditions.ts";
import { blurred, daysOf, later } from "./days.ts";
import { box, byId, element, formIn, hide, lines, say, send, show, told, valueOf } from "./dom.ts";
import { askedToFindOut, judge, type Finding } from "./gate.ts";
import {
  allSeen,
  aroundOf,
  crowd,
  inCommon,
  isStopped,
  listFindings,
  type Surroundings,
} from "./gate_list.ts";
import type { Held, Wrapped } from "./keys.ts";
import { commitment, drawSalt, sealDraft, unfit, writeContent, type LogContent } from "./log.ts";
import { whenTwo } from "./together.ts";
import { answersTold } from "./told.ts";
import { atWork, fetchReport, unlocking, whenSent } from "./opening.ts";

interface Told extends Surroundings, Choices {
  desk: string;
  report: string;
  keys: Wrapped[];
  recipients: string[];
  templates: Record<string, string>;
  advice: number;
}

export function reportPage(place: HTMLElement): void {
  const page = told<Told>(place);
  unlocking(page.keys, async (held) => {
    const report = await fetchReport(page.report, held);
    if (report === null) return show("unlock");
    return whenTwo(report, () => opens(page, report, held));
  });
}

async function opens(page: Told, report: Report, held: Held[]): Promise<void> {
  if (report.desk !== page.desk) return say("This report was meant for another desk. Close this page.");
  const wishes = wishesOf(report, page);
  lines("answers", [
    ...answersTold(report),
    ...wishesTold(wishes),
    ["Language", report.language],
    ["Message under this receipt", String(report.number)],
  ]);
  byId("words").textContent = report.text;
  byId("photographs").replaceChildren(...report.photographs.map(photograph));
  hide("passing");
  show("opened", "log", "closing");
  byId("opened").focus();
  carryConditions(page, wishes);
  const closing = formIn("closing");
  box(closing, "photographs").value = report.photographs.map((one) => one.id).join(" ");
  logForm(page, report, wishes);
  if (report.mailbox === null) {
    show("one-way");
    box(closing, "one_way").value = "yes";
    return;
  }
  if (report.number >= page.advice && document.getElementById("matter-advice") === null) {
    const stopped = await send(`/desk/reports/${page.report}/stop/`, {});
    if (typeof stopped === "string") return say(stopped);
    return say("A third message or a later one under one receipt: answers are stopped. Load the page anew.");
  }
  show("answer");
  answerForm(page, report, report.mailbox, held[0]!);
}

// One of three kinds of picture, from memory of this tab, and never a page or a drawing with script.
function photograph(sent: SentPhotograph, number: number): HTMLElement {
  const button = element("button", `Open photograph ${number + 1}`);
  button.setAttribute("type", "button");
  button.className = "button quiet";
  const line = element("li", "", button);
  button.addEventListener("click", () =>
    void atWork(line, async () => {
      const answer = await send(`/desk/photographs/${sent.id}/fetch/`, {});
      if (typeof answer === "string") return say(answer);
      const seed = fromBase64(sent.seed, 32)!;
      const bytes = await openPhotograph(seed, new Uint8Array(await answer.arrayBuffer()));
      if (bytes === null) return say("This photograph does not open.");
      const picture = document.createElement("img");
      const address = URL.createObjectURL(new Blob([bytes], { type: sent.type }));
      picture.addEventListener("load", () => URL.revokeObjectURL(address));
      picture.alt = `Photograph ${number + 1} of the report`;
      picture.src = address;
      line.append(picture);
      button.hidden = true;
    }),
  );
  return line;
}

function partnersOf(form: HTMLFormElement): HTMLInputElement[] {
  return [...form.querySelectorAll<HTMLInputElement>("input[name=partners]")];
}

/** Who must not see it cannot be chosen, and what the resident asked for stands in the conditions already. */
function carryConditions(page: Told, wishes: Wishes): void {
  const form = formIn("log");
  for (const one of partnersOf(form))
    one.disabled = refuses(wishes, page.partners.find(({ ref }) => ref === one.value)!);
  const day = box(form, "not_before");
  day.max = page.latest;
  if (wishes.notBefore !== null) day.value = day.min = wishes.notBefore;
  box(form, "conditions").value = carried(wishes).offered.join(" ");
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
function whyNotWhole(form: HTMLFormElement, log: LogContent, today: string): string {
  if (log.kind === "" || log.area === "" || log.text === "")
    return "Say what it is about, where, and what matters.";
  if (log.partners.length === 0) return "Choose who may see it.";
  if (valueOf(form, "gain") === "") return "Say who might gain if this is believed.";
  if (log.source === "1" && valueOf(form, "source_reason") === "") return "Source 1 needs a reason.";
  if (log.handling === "C" && log.conditions === "") return "Handling C needs conditions, or choose P.";
  if (log.handling === "P" && log.conditions !== "") return "There are conditions, so the handling is C.";
  const odd = unfit(log);
  if (odd !== null) return `Signs that are no text stand in the ${odd}. Write it anew.`;
  const waits = log.not_before !== null && log.not_before > today;
  if (log.at_once && waits && valueOf(form, "sooner") === "")
    return `Say why a life cannot wait for ${log.not_before}, or take away that a life is at risk.`;
  return "";
}

function logForm(page: Told, report: Report, wishes: Wishes): void {
  const form = formIn("log");
  const gate = byId("gate");
  const own = carried(wishes).needed;
  let found: Finding[] = [];
  const judged = (): LogContent | null => {
    const log = contentOf(form);
    const why = whyNotWhole(form, log, page.today);
    say(why);
    if (why !== "") return null;
    const around = aroundOf(page, log);
    byId("crowd").textContent = `${inCommon(log, report, own)} ${crowd(around, log)}`;
    found = [...against(log, wishes, page), ...judge(log, report, around, own)];
    listFindings("findings", found, false);
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
      judged();
    });
  const chosen = (name: string) => form.elements.namedItem(name) as HTMLSelectElement;
  offer("widen", () => (chosen("area").selectedIndex = chosen("area").options.length - 1));
  offer("blur", () => {
    const { value, options } = chosen("week");
    if (chosen("weeks").value === "4") return;
    const mondays = [...options].map((one) => one.value);
    chosen("week").value = blurred(value, mondays);
    chosen("weeks").value = "4";
  });
  offer("wait", () => {
    const day = box(form, "not_before");
    const week = later(day.value || page.today, 7);
    day.value = week < page.latest ? week : page.latest;
  });
  const leaving = (id: string, done: (log: LogContent) => Promise<void>, seen: boolean) =>
    byId(id).addEventListener("click", () => {
      const log = contentOf(form);
      if (seen && (isStopped(found) || !allSeen("findings")))
        return say("Mend or tick each thing that was found.");
      void atWork(gate, () => done(log));
    });
  leaving("keep", (log) => keep(page, form, log, false), true);
  leaving("hold", (log) => keep(page, form, log, true), false);
  leaving("at-once", (log) => atOnce(page, log, valueOf(form, "sooner")), true);
}

async function keep(page: Told, form: HTMLFormElement, log: LogContent, held: boolean): Promise<void> {
  const content = writeContent(log);
  const salt = drawSalt();
  const draft = {
    v: 1 as const,
    kind: "draft" as const,
    ...{ salt, content, report: page.report },
    source_reason: valueOf(form, "source_reason"),
    gain: valueOf(form, "gain"),
  };
  const recipients = page.recipients
    .map((one) => fromBase64(one))
    .filter((one): one is Bytes => one !== null);
  if (recipients.length < 2 && !held)
    return say("Nobody else at this desk has a key, so nobody could sign it off.");
  const sealed = toBase64(await sealDraft(draft, recipients));
  const fields = { sealed, commitment: commitment(salt, content), held: held ? "yes" : "no" };
  const answer = await send(`/desk/reports/${page.report}/draft/`, fields);
  if (typeof answer === "string") return say(answer);
  hide("log");
  say(held ? "It is held at the desk." : "It is kept, sealed. A colleague was told that it waits.");
}

async function atOnce(page: Told, log: LogContent, sooner: string): Promise<void> {
  const fields = { content: writeContent(log), sooner };
  const answer = await send(`/desk/reports/${page.report}/at-once/`, fields);
  if (typeof answer === "string") return say(answer);
  hide("log");
  say("It is released. A colleague was told to look it over. Have you called 999?");
}

type Mailbox = NonNullable<Report["mailbox"]>;

function answerForm(page: Told, report: Report, mailbox: Mailbox, held: Held): void {
  const form = formIn("answer");
  const shown = byId("template-text");
  form.addEventListener("input", () => {
    shown.textContent = page.templates[valueOf(form, "template")] ?? "";
    const own = askedToFindOut(valueOf(form, "own_words"));
    byId("tasking").replaceChildren(...own.map((one) => element("li", `“${one.words}”: ${one.says}`)));
  });
  whenSent("answer", async () => {
    const template = valueOf(form, "template");
    const own = valueOf(form, "own_words");
    if (!(template in page.templates)) return say("Choose what you answer.");
    if (askedToFindOut(own).length > 0)
      return say("Your own words may ask somebody to find out more. Take that out.");
    const text = [page.templates[template]!, own].filter((one) => one !== "").join("\n\n");
    const answer = {
      ...{ v: 1 as const, kind: "answer" as const, desk: page.desk, mailbox: mailbox.id },
      ...{ number: report.number, template, text },
    };
    const sealed = await sealAnswer(answer, held.signingSeed, fromBase64(mailbox.recipient)!);
    const fields = { mailbox: mailbox.id, packed: toBase64(packAnswer(sealed)!) };
    const sent = await send(`/desk/reports/${page.report}/answer/`, fields);
    if (typeof sent === "string") return say(sent);
    hide("answer");
    say("It is sealed and sent. The resident finds it when they come back with their words.");
  });
}
