// The page of an answer that waits: a second worker sees it beside the report that it answers, and sends it,
// sealed and signed by her own browser.

import { fromBase64 } from "../speak/bytes.ts";
import type { Report } from "../speak/messages.ts";
import { whyAnew } from "./answer_form.ts";
import { bodiesOf, openAnswerDraft, sendAnswer, textOf, type AnswerDraft, type Ready } from "./answers.ts";
import { judgeAnswer } from "./answer_gate.ts";
import { wishesOf } from "./conditions.ts";
import { byId, hide, say, send, show, told } from "./dom.ts";
import { allSeen, listFindings } from "./gate_list.ts";
import type { Held, Wrapped } from "./keys.ts";
import { fetchReport, unlocking, whenSent } from "./opening.ts";
import { showReport } from "./showing.ts";
import { named } from "./signs.ts";
import { whenTwo } from "./together.ts";

interface Told extends Ready {
  report: string;
  draft: string;
  sealed: string;
  keys: Wrapped[];
  /** From this message on under one receipt nobody answers before advice was taken. */
  advice: number;
  /** Whether answers to this report were stopped already; then the site knows whether they go on. */
  advised: boolean;
}

export function answerPage(place: HTMLElement): void {
  const page = told<Told>(place);
  unlocking(page.keys, async (held) => {
    let draft: AnswerDraft | null = null;
    for (const { identity } of held) draft ??= await openAnswerDraft(identity, fromBase64(page.sealed)!);
    if (draft === null || draft.report !== page.report || !(draft.template in page.templates))
      return say("None of your keys opens this answer: it was sealed before you had one.");
    const report = await fetchReport(page.report, held);
    if (report === null) return;
    return whenTwo(report, () => opens(page, report, draft!, held[0]!));
  });
}

async function opens(page: Told, report: Report, draft: AnswerDraft, held: Held): Promise<void> {
  byId("text").textContent = named(textOf(page, draft.template, draft.own));
  showReport(report, wishesOf(report, page));
  const found = judgeAnswer(draft.own, report, bodiesOf(page), Object.values(page.templates));
  listFindings("findings", found, "second");
  show("opened");
  byId("opened").focus();
  if (document.getElementById("send") === null) return;
  if (report.mailbox !== null && report.number >= page.advice && !page.advised) {
    hide("send");
    const stopped = await send(`/desk/reports/${page.report}/stop/`, {});
    if (typeof stopped === "string") return say(stopped);
    return say("A third message or a later one under one receipt: answers are stopped. Nothing was sent.");
  }
  sending(page, report, held, draft, whyAnew(found));
}

function sending(page: Told, report: Report, held: Held, draft: AnswerDraft, anew: string): void {
  whenSent("send", async () => {
    if (report.mailbox === null) return say("Whoever wrote this wanted no answer. Throw it away.");
    if (anew !== "") return say(`${anew} Throw it away, so that it is written anew.`);
    if (!allSeen("findings")) return say("Tick each thing that was found, or throw the answer away.");
    if (!(await sendAnswer(page, report, held, draft, `/desk/answers/${page.draft}/send/`))) return;
    hide("send", "away");
    say("It is sealed and sent. The resident finds it when they come back with their words.");
  });
}
