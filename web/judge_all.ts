// Judges what stands as JSON on standard input, for tests and figures: `node --import ./words_for_node.mjs
// judge_all.ts` reads {logs: [{log, report}], answers: [text], languages: [text], reports: [{report, residents}]}
// and writes {logs: [findings in the text], answers: [findings], languages: [findings], bands: [band]}.

import { readFileSync } from "node:fs";
import { askedToFindOut, inText, type Judged } from "./desk/gate.ts";
import { unread } from "./desk/reading.ts";
import { bandOf, hintsIn } from "./speak/hints.ts";
import type { Report } from "./speak/messages.ts";
import { ENGLISH } from "./speak/words.ts";

interface Asked {
  logs: { log: Judged; report: Report }[];
  answers: string[];
  languages: string[];
  reports: { report: Report; residents: number[] }[];
}

const asked = JSON.parse(readFileSync(0, "utf8")) as Asked;
const bands = asked.reports.map(({ report, residents }) =>
  bandOf({
    smallAreas: residents,
    near: report.answers.where.split("/").at(-1) ?? "",
    hints: hintsIn(report.text, ENGLISH).length,
    others: null,
  }),
);
console.log(
  JSON.stringify({
    logs: asked.logs.map(({ log, report }) => inText(log, report)),
    answers: asked.answers.map(askedToFindOut),
    languages: asked.languages.map(unread),
    bands,
  }),
);
