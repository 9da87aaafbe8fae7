// What the pages of a desk run: which page it is says its own element.

import { answerPage } from "./answer_page.ts";
import { draftPage } from "./draft_page.ts";
import { keyPage } from "./key_page.ts";
import { logPage } from "./log_page.ts";
import { reportPage } from "./report_page.ts";

// After the module: the packed words stand at its end.
queueMicrotask(() => {
  const key = document.getElementById("desk-key");
  const report = document.getElementById("desk-report");
  const draft = document.getElementById("desk-draft");
  const answer = document.getElementById("desk-answer");
  const log = document.getElementById("desk-log");
  if (key !== null) keyPage(key);
  if (report !== null) reportPage(report);
  if (draft !== null) draftPage(draft);
  if (answer !== null) answerPage(answer);
  if (log !== null) logPage(log);
});
