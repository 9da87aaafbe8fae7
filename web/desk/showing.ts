// A report as a worker sees it, on each page that shows one: all that its writer sees, the second person sees too.

import { fromBase64 } from "../speak/bytes.ts";
import type { Report, SentPhotograph } from "../speak/messages.ts";
import { openPhotograph } from "../speak/sealing.ts";
import { wishesTold, type Wishes } from "./conditions.ts";
import { byId, element, lines, say, send } from "./dom.ts";
import { atWork } from "./opening.ts";
import { named } from "./signs.ts";
import { answersTold, languageTold, offerTold, ownWordsOf } from "./told.ts";

export function showReport(report: Report, wishes: Wishes): void {
  lines("answers", [
    ...answersTold(report),
    ...offerTold(report),
    ...wishesTold(wishes),
    ["Language", languageTold(report.language) || "not told"],
    ["Message under this receipt", String(report.number)],
  ]);
  byId("words").textContent = named(ownWordsOf(report));
  byId("photographs").replaceChildren(...report.photographs.map(photograph));
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
