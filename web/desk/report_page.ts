// The page of one report: opened and read in this tab, with what can be done about it.

import type { Report } from "../speak/messages.ts";
import { answerForm, type AroundAnswer } from "./answer_form.ts";
import { closingForm } from "./closing.ts";
import { wishesOf } from "./conditions.ts";
import { byId, hide, say, send, show, told } from "./dom.ts";
import type { Held, Wrapped } from "./keys.ts";
import { logForm, type AroundLog } from "./log_form.ts";
import { fetchReport, unlocking } from "./opening.ts";
import { sightingForm, type AroundSighting } from "./sighting_form.ts";
import { showReport } from "./showing.ts";
import { whenTwo } from "./together.ts";

interface Told extends AroundLog, AroundSighting, AroundAnswer {
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
  showReport(report, wishes);
  hide("passing");
  show("opened", "log", "sighting", "closing", "protection");
  byId("opened").focus();
  logForm(page, report, wishes);
  sightingForm(page, report, wishes);
  closingForm(report);
  if (report.mailbox === null) return show("one-way");
  if (report.number >= page.advice && document.getElementById("matter-advice") === null) {
    const stopped = await send(`/desk/reports/${page.report}/stop/`, {});
    if (typeof stopped === "string") return say(stopped);
    return say("A third message or a later one under one receipt: answers are stopped. Load the page anew.");
  }
  show("answer");
  answerForm(page, report, wishes, held[0]!);
}
