// The page of one report: opened and read in this tab, with what can be done about it.

import { fromBase64 } from "../speak/bytes.ts";
import type { Report, SentPhotograph } from "../speak/messages.ts";
import { openPhotograph } from "../speak/sealing.ts";
import { answerForm, type AroundAnswer } from "./answer_form.ts";
import { closingForm, MOST_PHOTOGRAPHS } from "./closing.ts";
import { box, byId, element, hide, lines, say, send, show, told, valueOf } from "./dom.ts";
import type { Held, Wrapped } from "./keys.ts";
import { logForm, type AroundLog } from "./log_form.ts";
import { answersTold, conditionsTold, keptFrom } from "./told.ts";
import { atWork, fetchReport, opened, unlocking, whenSent } from "./opening.ts";

interface Told extends AroundLog, AroundAnswer {
  keys: Wrapped[];
  advice: number;
}

export function reportPage(place: HTMLElement): void {
  const page = told<Told>(place);
  unlocking(page.keys, async (held) => {
    const report = await fetchReport(page.report, held);
    if (report === null) {
      closingForm(null);
      return show("unlock", "closing");
    }
    if (!report.conditions.together) return opens(page, report, held);
    show("beside");
    byId("beside").querySelector("select")!.focus();
    whenSent("beside", (form) => together(page, report, held, form));
  });
}

async function together(page: Told, report: Report, held: Held[], form: HTMLFormElement): Promise<void> {
  const colleague = valueOf(form, "colleague");
  if (colleague === "") return say("Choose who sits beside you.");
  const answer = await send(`/desk/colleagues/${colleague}/keys/`, {});
  if (typeof answer === "string") return say(answer);
  const { keys } = (await answer.json()) as { keys: Wrapped[] };
  const theirs = await opened(keys, valueOf(form, "beside"));
  box(form, "beside").value = "";
  if (theirs.length === 0) return say("This passphrase opens none of your colleague's keys.");
  hide("beside");
  return opens(page, report, held);
}

async function opens(page: Told, report: Report, held: Held[]): Promise<void> {
  if (report.desk !== page.desk) {
    closingForm(null);
    show("closing");
    return say("This report was meant for another desk. Do nothing about it: close it.");
  }
  const notTo = keptFrom(report, page.named);
  lines("answers", [
    ...answersTold(report),
    ...conditionsTold(report, notTo),
    ["Language", report.language],
    ["Message under this receipt", String(report.number)],
  ]);
  byId("words").textContent = report.text;
  byId("photographs").replaceChildren(...report.photographs.slice(0, MOST_PHOTOGRAPHS).map(photograph));
  hide("passing");
  show("opened", "log", "closing", "protection");
  byId("opened").focus();
  logForm(page, report, notTo);
  closingForm(report);
  if (report.mailbox === null) return show("one-way");
  if (report.number >= page.advice && document.getElementById("matter-advice") === null) {
    const stopped = await send(`/desk/reports/${page.report}/stop/`, {});
    if (typeof stopped === "string") return say(stopped);
    return say("A third message or a later one under one receipt: answers are stopped. Load the page anew.");
  }
  show("answer");
  answerForm(page, report, held[0]!);
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
