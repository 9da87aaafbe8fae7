// The page of one report: opened and read in this tab, with what can be done about it.

import { fromBase64 } from "../speak/bytes.ts";
import type { Report, SentPhotograph } from "../speak/messages.ts";
import { openPhotograph } from "../speak/sealing.ts";
import { answerForm, type AroundAnswer } from "./answer_form.ts";
import { closingForm } from "./closing.ts";
import { wishesOf, wishesTold } from "./conditions.ts";
import { byId, element, hide, lines, say, send, show, told } from "./dom.ts";
import type { Held, Wrapped } from "./keys.ts";
import { logForm, type AroundLog } from "./log_form.ts";
import { atWork, fetchReport, unlocking } from "./opening.ts";
import { whenTwo } from "./together.ts";
import { answersTold } from "./told.ts";

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
    return whenTwo(report, () => opens(page, report, held));
  });
}

async function opens(page: Told, report: Report, held: Held[]): Promise<void> {
  if (report.desk !== page.desk) {
    closingForm(null);
    show("closing");
    return say("This report was meant for another desk. Do nothing about it: close it.");
  }
  const wishes = wishesOf(report, page);
  lines("answers", [
    ...answersTold(report),
    ...wishesTold(wishes),
    ["Language", report.language || "not told"],
    ["Message under this receipt", String(report.number)],
  ]);
  byId("words").textContent = report.text;
  byId("photographs").replaceChildren(...report.photographs.map(photograph));
  hide("passing");
  show("opened", "log", "closing", "protection");
  byId("opened").focus();
  logForm(page, report, wishes);
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
