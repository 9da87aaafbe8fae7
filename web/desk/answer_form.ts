// Bringing word back from a report's page: what stands ready goes as it is, and own words wait for a colleague.

import { toBase64 } from "../speak/bytes.ts";
import type { Report } from "../speak/messages.ts";
import { bodiesOf, sealAnswerDraft, sendAnswer, type Ready } from "./answers.ts";
import { judgeAnswer } from "./answer_gate.ts";
import type { Wishes } from "./conditions.ts";
import { box, byId, formIn, hide, say, send, valueOf } from "./dom.ts";
import type { Finding } from "./gate.ts";
import { allSeen, isStopped, listFindings } from "./gate_list.ts";
import type { Held } from "./keys.ts";
import { keysOf } from "./log_form.ts";
import { atWork, whenSent } from "./opening.ts";

export interface AroundAnswer extends Ready {
  report: string;
  recipients: string[];
  alone: boolean;
  claims: Record<string, string>;
  /** Answers that fit only where the resident named somebody who must not see it, or only where not. */
  where_named: Record<string, boolean>;
}

/** The answers that do not fit whom the resident named. */
export function unfit({ where_named }: Pick<AroundAnswer, "where_named">, { notTo }: Pick<Wishes, "notTo">): string[] {
  return Object.keys(where_named).filter((one) => where_named[one] !== notTo.length > 0);
}

const SEND = "Seal it and send it";
const LOOK = "Look at it before it goes back";
const OWN_ALONE = "own-words";

export function answerForm(page: AroundAnswer, report: Report, wishes: Wishes, held: Held): void {
  const form = formIn("answer");
  for (const one of unfit(page, wishes)) form.querySelector(`option[value="${one}"]`)!.remove();
  const gate = byId("answer-gate");
  const written = () => ({ template: valueOf(form, "template"), own: valueOf(form, "own_words") });
  form.addEventListener("input", (event) => {
    const { template, own } = written();
    // What was said to be true was another answer.
    if (event.target !== box(form, "true")) box(form, "true").checked = false;
    byId("template-text").textContent = page.templates[template] ?? "";
    const claims = page.claims[template] ?? "";
    byId("claims").textContent = claims === "" ? "" : `What it claims: ${claims}`;
    form.querySelector("button")!.textContent = own === "" ? SEND : LOOK;
    // What was looked at is no longer what stands there.
    gate.hidden = true;
  });
  whenSent("answer", async () => {
    const answer = written();
    if (!(answer.template in page.templates)) return say("Choose what you answer.");
    if (answer.template === OWN_ALONE && answer.own === "") return say("Write your own words.");
    if (!box(form, "true").checked) {
      box(form, "true").focus();
      if ((page.claims[answer.template] ?? "") === "")
        return say("Read your words again, and tick that it is true of this report. If it is not, write others.");
      return say("Read what it claims, and tick that it is true of this report. If it is not, choose another.");
    }
    if (answer.own === "") {
      if (!(await sendAnswer(page, report, held, answer, `/desk/reports/${page.report}/answer/`))) return;
      hide("answer");
      return say("It is sealed and sent. The resident finds it when they come back with their words.");
    }
    if (page.alone) return say("Nobody else at this desk has a key, so nobody could send your own words.");
    const found = judgeAnswer(answer.own, report, bodiesOf(page), Object.values(page.templates));
    // A colleague sends it in any case, so the first one ticks all but what nobody lets stand.
    const ticked = found.map((one) => ({ ...one, needs: whyAnew([one]) ? ("stop" as const) : ("look" as const) }));
    listFindings("answer-findings", ticked, "first");
    gate.hidden = false;
    gate.focus();
    say(whyAnew(found));
  });
  byId("keep-answer").addEventListener("click", () => {
    const answer = written();
    const anew = whyAnew(judgeAnswer(answer.own, report, [], []));
    if (anew !== "") return say(anew);
    if (!allSeen("answer-findings")) return say("Mend or tick each thing that was found.");
    void atWork(gate, () => keep(page, answer));
  });
}

/** Why own words are written anew, whoever looks at them; "" where they need not be. */
export function whyAnew(found: readonly Finding[]): string {
  if (found.some(({ rule }) => rule === "tasking"))
    return "Own words may ask somebody to find out more. Take that out.";
  if (isStopped(found)) return "Signs that nobody sees stand in own words, or no letter. Write them anew.";
  return "";
}

async function keep(page: AroundAnswer, answer: { template: string; own: string }): Promise<void> {
  const draft = { v: 1 as const, kind: "answer draft" as const, report: page.report, ...answer };
  const sealed = toBase64(await sealAnswerDraft(draft, keysOf(page.recipients)));
  const kept = await send(`/desk/reports/${page.report}/answer/draft/`, { sealed });
  if (typeof kept === "string") return say(kept);
  hide("answer");
  say("Your answer is kept, sealed. A colleague was told that it waits, and sends it.");
}
