// The page of a draft: a second worker sees the log beside the report it came from, and signs the very words.

import { fromBase64 } from "../speak/bytes.ts";
import { box, byId, lines, say, show, told } from "./dom.ts";
import { judge } from "./gate.ts";
import { allSeen, aroundOf, crowd, inCommon, listFindings, type Surroundings } from "./gate_list.ts";
import type { Wrapped } from "./keys.ts";
import { openDraft, readContent, type Draft } from "./log.ts";
import { fetchReport, unlocking } from "./opening.ts";
import { answersTold } from "./told.ts";

interface Told extends Surroundings {
  report: string;
  sealed: string;
  keys: Wrapped[];
  kinds: Record<string, string>;
  gains: Record<string, string>;
  partners: { ref: string; name: string }[];
}

export function draftPage(place: HTMLElement): void {
  const page = told<Told>(place);
  unlocking(page.keys, async (held) => {
    let draft: Draft | null = null;
    for (const { identity } of held) draft ??= await openDraft(identity, fromBase64(page.sealed)!);
    const log = draft && readContent(draft.content);
    if (draft === null || log === null || draft.report !== page.report)
      return say("None of your keys opens this draft: it was sealed before you had one.");
    const report = await fetchReport(page.report, held);
    if (report === null) return;
    const partner = (ref: string) => page.partners.find((one) => one.ref === ref);
    const nameOf = (ref: string) => partner(ref)?.name ?? "a partner who is gone";
    lines("parts", [
      ["Text", log.text],
      ["Kind", page.kinds[log.kind] ?? log.kind],
      ["Where", log.area],
      ["When", log.weeks === 1 ? `the week of ${log.week}` : `the four weeks from ${log.week}`],
      ["Grades", `${log.source}${log.information}${log.handling}`],
      ["Conditions", log.conditions],
      ["Goes to", log.partners.map(nameOf).join(", ")],
      ["Not before", log.not_before ?? "no day was named"],
      ["Why source 1 (stays here)", draft.source_reason],
      ["Who might gain (stays here)", page.gains[draft.gain] ?? draft.gain],
    ]);
    lines("answers", answersTold(report));
    byId("words").textContent = report.text;
    const around = aroundOf(page, log.area);
    byId("crowd").textContent = `${inCommon(log, report)} ${crowd(around, log)}`;
    listFindings("findings", judge(log, report, around), true);
    show("opened");
    byId("opened").focus();
    signing(draft);
  });
}

function signing(draft: Draft): void {
  const form = document.getElementById("sign") as HTMLFormElement | null;
  form?.addEventListener("submit", (event) => {
    if (!allSeen("findings")) {
      event.preventDefault();
      return say("Tick each thing that was found, or throw the draft away.");
    }
    box(form, "content").value = draft.content;
    box(form, "salt").value = draft.salt;
  });
}
