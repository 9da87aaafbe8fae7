// What the gate found, on the page: each to be mended in the text, or to be looked at and let stand.

import type { Report } from "../speak/messages.ts";
import { meterOf, type Around, type Finding } from "./gate.ts";
import { byId, element } from "./dom.ts";
import type { LogContent } from "./log.ts";

export interface Surroundings {
  today: string;
  together: number;
  areas: Record<string, number[]>;
  nearby: Record<string, { hours: number; days: number }>;
}

export function aroundOf(told: Surroundings, area: string): Around {
  const { hours, days } = told.nearby[area] ?? { hours: 0, days: 0 };
  const residents = told.areas[area] ?? Object.values(told.areas).flat();
  return { residents, together: told.together, hours, days };
}

/** A sentence on the longest place that a log and its report have in common. */
export function inCommon(log: LogContent, report: Report): string {
  const { longest, words, too_many } = meterOf(log.text, report);
  if (longest < 2) return "No two words on end stand in the report as well.";
  const place = `The longest place in common with the report has ${longest} words (“${words}”)`;
  return `${place}; ${too_many} are too many.`;
}

/** A sentence on what it would go out among, which never makes a crowd of what is none. */
export function crowd(around: Around, log: LogContent): string {
  const { together, hours, days } = around;
  const others = together === 1 ? "1 other log waits" : `${together} others wait`;
  const wait = together === 0 ? "No other log waits" : others;
  const went = `${hours} went out within 72 hours and ${days} within 30 days`;
  const little = "A batch hides the moment a little, and not who could have known.";
  return `${wait} for a batch on this site. Of ${log.area}, ${went}. ${little}`;
}

/** Lists the findings, each with a box to tick. */
export function listFindings(id: string, found: readonly Finding[], second: boolean): void {
  const list = byId(id);
  if (found.length === 0) {
    list.replaceChildren(element("li", "The gate found nothing. It knows little: look at it yourself."));
    return;
  }
  list.replaceChildren(...found.map((one, number) => line(one, `${id}-${number}`, second)));
}

/** Whether each finding was looked at. Those that need a second person wait for her. */
export function allSeen(id: string): boolean {
  return [...byId(id).querySelectorAll<HTMLInputElement>("input[type=checkbox]")].every((one) => one.checked);
}

function line(one: Finding, id: string, second: boolean): HTMLElement {
  const words = one.words === "" ? "" : `“${one.words}”: `;
  const coarser = one.coarser === undefined ? "" : ` It could say: “${one.coarser}”.`;
  const made = element("li", `${words}${one.says}${coarser}`);
  if (one.needs === "second person" && !second) {
    made.append(element("p", "Mend it, or a second person has to let it stand."));
    return made;
  }
  const tick = document.createElement("input");
  tick.type = "checkbox";
  tick.id = id;
  const label = document.createElement("label");
  label.htmlFor = id;
  label.textContent = "I looked at it, and it can stand";
  const row = element("div", "", tick, document.createTextNode(" "), label);
  row.className = "tick";
  made.append(row);
  return made;
}
