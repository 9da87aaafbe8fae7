// The page of a log that a colleague released at once: what the gate finds in it, for whoever looks it over.

import type { Report } from "../speak/messages.ts";
import { told } from "./dom.ts";
import { inText, type Judged } from "./gate.ts";
import { listFindings } from "./gate_list.ts";

interface Told extends Judged {
  /** Names of places and of partners, which are nobody's. */
  areas: string[];
}

/** Nothing leads from a released log to its report, so nothing that stands in both can be found here. */
const NO_REPORT: Report = {
  ...{ v: 1, kind: "report", desk: "", number: 1, language: "en", text: "" },
  answers: { what: "", where: "", when: "", going_on: "" },
  conditions: { together: false, not_to: [], not_before: null },
  ...{ mailbox: null, photographs: [] },
};

export function logPage(place: HTMLElement): void {
  const page = told<Told>(place);
  listFindings("findings", inText(page, NO_REPORT, [], page.areas), "after");
}
