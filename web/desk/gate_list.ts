// What the gate found, on the page: each to be mended in the text, or to be looked at and let stand.

import type { Report } from "../speak/messages.ts";
import { meterOf, theirs, type Around, type Finding, type Judged } from "./gate.ts";
import { byId, element } from "./dom.ts";
import type { LogContent } from "./log.ts";
import { named } from "./signs.ts";

export interface Surroundings {
  today: string;
  together: number;
  areas: Record<string, number[]>;
  nearby: Record<string, { hours: number; days: number }>;
}

/** What a log would go out among. What waits now is company for one that goes in the next batch alone. */
export function aroundOf(
  told: Surroundings,
  log: Pick<LogContent, "area" | "weeks" | "not_before" | "at_once">,
): Around {
  const { hours, days } = told.nearby[log.area] ?? { hours: 0, days: 0 };
  const residents = told.areas[log.area] ?? Object.values(told.areas).flat();
  const waits = log.not_before !== null && log.not_before > told.today;
  const goes = log.at_once ? "at once" : waits ? "its day" : "batch";
  const together = goes === "batch" ? told.together : 0;
  const areas = Object.keys(told.areas);
  return { residents, goes, together, hours, days, areas, whole: !areas.includes(log.area), weeks: log.weeks };
}

/** A sentence on the longest place that a log, text or conditions, and its report have in common. */
export function inCommon(log: Judged, report: Report, own: readonly string[]): string {
  const meters = [log.text, theirs(log.conditions, own)].map((text) => meterOf(text, report));
  const { longest, words, too_many } = meters.reduce((one, other) =>
    other.longest > one.longest ? other : one,
  );
  if (longest < 2) return "No two words in a row stand in the report too.";
  const place = `Up to ${longest} words in a row stand in the report too (“${words}”)`;
  return `${place}; ${too_many} are too many.`;
}

/** A sentence on what it would go out among, which never makes a crowd of what is none. */
export function crowd(around: Around, log: Judged): string {
  const { together, hours, days } = around;
  const company = {
    batch:
      together === 0
        ? "Nothing else waits on this site that could go out with it."
        : `Of what waits on this site, ${together} could go out with it.`,
    "its day": "It waits for a day of its own, and nobody can tell yet what else goes out then.",
    "at once": "It goes out at once and by itself.",
  }[around.goes];
  const went = `${hours} went out within 72 hours and ${days} within 30 days`;
  const same = together + days === 0 ? "" : " Those from this same report, if any, hide nothing.";
  const little = "A batch hides the moment a little, and not who could have known.";
  return `${company} Of ${log.area}, ${went}.${same} ${little}`;
}

/**
 * Who looks at what was found: whoever writes it, whoever lets it go at once with nobody after her, a second
 * person before it leaves, or one who looks it over when it has left.
 */
export type Looker = "first" | "alone" | "second" | "after";

/** Lists the findings, each with a box to tick where this one may let it stand. */
export function listFindings(id: string, found: readonly Finding[], looker: Looker): void {
  const list = byId(id);
  if (found.length === 0) {
    list.replaceChildren(element("li", "The gate found nothing. It knows little: look at it yourself."));
    return;
  }
  list.replaceChildren(...found.map((one, number) => line(one, `${id}-${number}`, looker)));
}

/** Whether each finding was looked at. Those that need a second person wait for her. */
export function allSeen(id: string): boolean {
  return [...byId(id).querySelectorAll<HTMLInputElement>("input[type=checkbox]")].every((one) => one.checked);
}

/** Whether nobody may let this log pass; `alone` says that no second person comes before it leaves. */
export function isStopped(found: readonly Finding[], alone = false): boolean {
  return found.some(({ needs }) => needs === "stop" || (alone && needs === "second person"));
}

const MENDED = "Mend it: it cannot leave so.";
const THROWN_AWAY = "It cannot leave so. Throw the draft away, and it can be written anew.";
const CAN_READ = "I can read this, and checked all of it";
const LEFT_TO_HER = "Mend it, or a second person has to let it stand.";
const NOBODY_ELSE = "Mend it: only a second person may let it stand, and at once there is none.";

/** What stands in the place of a box; null where this one may tick it, "" where it has left already. */
function instead({ needs }: Finding, looker: Looker): string | null {
  if (looker === "after") return "";
  if (needs === "stop") return looker === "second" ? THROWN_AWAY : MENDED;
  if (needs === "look" || looker === "second") return null;
  return looker === "alone" ? NOBODY_ELSE : LEFT_TO_HER;
}

function line(one: Finding, id: string, looker: Looker): HTMLElement {
  const words = one.words === "" ? "" : `“${named(one.words)}”: `;
  const coarser = one.coarser === undefined ? "" : ` It could say: “${one.coarser}”.`;
  const made = element("li", `${words}${one.says}${coarser}`);
  const says = instead(one, looker);
  if (says !== null) {
    if (says !== "") made.append(element("p", says));
    return made;
  }
  const tick = document.createElement("input");
  tick.type = "checkbox";
  tick.id = id;
  const label = document.createElement("label");
  label.htmlFor = id;
  label.textContent = one.rule === "unread" ? CAN_READ : "I looked at it, and it can stand";
  const row = element("div", "", tick, document.createTextNode(" "), label);
  row.className = "tick";
  made.append(row);
  return made;
}
