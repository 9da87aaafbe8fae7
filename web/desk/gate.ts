// The release gate: what in a log could give away who spoke, found in the worker's browser before anything
// leaves.
//
// The rules read signs and not meaning: docs/explanation/gate.md says how often they are right, and what they
// cannot see.

import { BANDS, bandOf, hintsIn } from "../speak/hints.ts";
import type { Report } from "../speak/messages.ts";
import { ENGLISH } from "../speak/words.ts";
import { asWritten, read, written } from "./folding.ts";
import { namesIn } from "./names.ts";
import { overlaps } from "./overlap.ts";
import { pointersIn } from "./pointers.ts";
import { unread } from "./reading.ts";

export { askedToFindOut } from "./tasking.ts";
export { meterOf, overlaps } from "./overlap.ts";

export interface Finding {
  rule: string;
  /** The words that it is about. */
  words: string;
  /** What is the matter with them, in a sentence. */
  says: string;
  /** What could stand there instead. */
  coarser?: string;
  /** Whether looking at it is enough, nobody lets it pass alone, or nobody lets it pass at all. */
  needs: "look" | "second person" | "stop";
}

/** What of a log is judged: all that is written freely, which partners read. */
export interface Judged {
  readonly area: string;
  readonly text: string;
  readonly conditions: string;
}

/** What a log would go out among. */
export interface Around {
  /** Residents of the small areas of its larger area. */
  readonly residents: readonly number[];
  /** How it goes: in the next batch, on a day of its own, or at once. */
  readonly goes: "batch" | "its day" | "at once";
  /** Other logs that can go in the same batch. */
  readonly together: number;
  /** Logs released of its area within 72 hours, and within 30 days. */
  readonly hours: number;
  readonly days: number;
  /** Whether it tells of the whole town, and of how many weeks: what is said most widely can be no wider. */
  readonly whole: boolean;
  readonly weeks: number;
  /** Whether it is a sighting, which is counted by week: it can say an area more widely, and no week. */
  readonly counted?: true;
  /** The names of the areas that there are: they are nobody's. */
  readonly areas?: readonly string[];
}

/**
 * All that is found in a log, each place once, then what it would go out among. The same log gives the same.
 * `own` are sentences that the page itself wrote into the conditions, from what the resident chose.
 */
export function judge(log: Judged, report: Report, around: Around, own: readonly string[] = []): Finding[] {
  return [...inText(log, report, own, around.areas), ...fewCouldKnow(report, around), ...alone(around)];
}

/**
 * What the words of the log give away, in its text and then in its conditions. The rules read a text as it is
 * seen (folding.ts); a finding has its words as they were written.
 */
export function inText(
  log: Judged,
  report: Report,
  own: readonly string[] = [],
  areas: readonly string[] = [],
): Finding[] {
  const places = [log.area, report.answers.where];
  const inside = (text: string) => {
    const seen = read(text);
    const pointing = [overlaps(seen.text, report), pointersIn(seen.text), namesIn(seen.text, places, areas)];
    return [...written(text), ...unread(text), ...pointing.flatMap((one) => asWritten(seen, one))];
  };
  const conditions = inside(theirs(log.conditions, own)).map((one) => ({
    ...one,
    says: `In the conditions, which partners read too. ${one.says}`,
  }));
  return [...inside(log.text), ...conditions];
}

/** Conditions without the sentences that the page wrote. */
export function theirs(conditions: string, own: readonly string[]): string {
  return own.reduce((left, sentence) => left.replace(sentence, "\n"), conditions).trim();
}

/**
 * The band that the report itself allows, when it is one of the two lowest: other words do not change who
 * could know.
 */
function fewCouldKnow(report: Report, around: Around): Finding[] {
  const band = bandOf({
    smallAreas: around.residents,
    near: nearOf(report),
    hints: hintsIn(report.text, ENGLISH).length,
    others: null,
  });
  if (BANDS.indexOf(band) > BANDS.indexOf("some")) return [];
  return [
    {
      rule: "band",
      words: "",
      says:
        `Perhaps ${ENGLISH[`hints.band.${band}`]} people could have known what the report tells. ` +
        `${lately(around)} Say less of what only they know, or wait.`,
      needs: "look",
    },
  ];
}

/** The kind of place that the resident chose: the page writes it behind the area. */
function nearOf({ answers }: Report): string {
  return answers.where.slice(answers.where.lastIndexOf("/") + 1);
}

/** In words that are true of a log and of a sighting, as those of each rule are: both leave in the same batches. */
function alone(around: Around): Finding[] {
  if (around.together > 0 || around.hours > 0) return [];
  return [
    {
      rule: "alone",
      words: "",
      says:
        `${COMPANY[around.goes]} ${lately(around)} ${leftToDo(around)}`,
      needs: "look",
    },
  ];
}

/** What can still be done about it, beside what was done. */
function leftToDo({ whole, weeks, counted }: Around): string {
  if (counted && !whole) return "Say the whole town, or wait.";
  if (counted) return "It says the whole town already. Wait, or let a second person judge whether it can leave.";
  if (!whole && weeks === 1) return "Say the whole town or four weeks, or wait.";
  if (!whole) return "It says four weeks already. Say the whole town, or wait.";
  if (weeks === 1) return "It says the whole town already. Say four weeks, or wait.";
  return "It says the whole town and four weeks already. Wait, or let a second person judge whether it can leave.";
}

const COMPANY: Readonly<Record<Around["goes"], string>> = {
  batch: "Nothing else waits to go out with this one.",
  "its day": "Nobody can tell yet whether anything else goes out with this one on its day.",
  "at once": "This one goes out by itself.",
};

function lately({ hours, days }: Around): string {
  if (days === 0) return "Nothing about its area went out in the last 30 days.";
  const few = hours === 0 ? "none" : hours;
  return `What went out about its area in the last 30 days: ${days}; in the last 72 hours: ${few}.`;
}
