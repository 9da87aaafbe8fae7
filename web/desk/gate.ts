// The release gate: what in a log could give away who spoke, found in the worker's browser before it leaves.

import type { Report } from "../speak/messages.ts";
import type { LogContent } from "./log.ts";

export interface Finding {
  rule: string;
  /** The words that it is about. */
  words: string;
  /** What is the matter with them, in a sentence. */
  says: string;
  /** What could stand there instead. */
  coarser?: string;
  /** Whether looking at it is enough, or nobody lets it pass alone. */
  needs: "look" | "second person";
}

/** What a log would go out among. */
export interface Around {
  /** Residents of the small areas of its larger area. */
  residents: readonly number[];
  /** Other logs that wait for the same batch. */
  together: number;
  /** Logs released of its area within 72 hours, and within 30 days. */
  hours: number;
  days: number;
}

const SHARED_WORDS = 8;

export function judge(log: LogContent, report: Report, around: Around): Finding[] {
  return [...overlaps(log.text, report), ...alone(around)];
}

/** Runs of eight words and more that the log has in common with what the resident wrote. */
export function overlaps(text: string, report: Report): Finding[] {
  const told = [...Object.values(report.answers), report.text].map(wordsOf);
  const runs = new Set<string>();
  for (const words of told) {
    for (let at = 0; at + SHARED_WORDS <= words.length; at += 1) runs.add(runAt(words, at));
  }
  const written = wordsOf(text);
  const found: Finding[] = [];
  for (let at = 0; at + SHARED_WORDS <= written.length; at += 1) {
    let length = 0;
    while (at + length + SHARED_WORDS <= written.length && runs.has(runAt(written, at + length))) length += 1;
    if (length === 0) continue;
    const words = written.slice(at, at + length + SHARED_WORDS - 1);
    found.push({
      rule: "overlap",
      words: words.join(" "),
      says:
        `These ${words.length} words stand in the report as well. ` +
        "Whoever reads both knows who wrote it: say it in your own.",
      needs: "second person",
    });
    at += words.length - 1;
  }
  return found;
}

function alone({ together, hours, days }: Around): Finding[] {
  if (together > 0 || hours > 0) return [];
  const lately =
    days === 0 ? "none was released in the last 30 days" : `${days} in the last 30 days, none in 72 hours`;
  return [
    {
      rule: "alone",
      words: "",
      says:
        `No other log waits to go out with this one, and of its area ${lately}. ` +
        "It stands alone: say the area or the week more widely, or wait.",
      needs: "look",
    },
  ];
}

const ASKING = [
  /\b(?:find|finds|finding|figure|work) (?:it |this |that |them |him |her )?out\b/iu,
  /\b(?:keep|keeping) (?:an? )?(?:eye|watch|note|record|diary)\b/iu,
  /\b(?:look|watch|listen|listening|looking|watching) (?:out |in )?(?:for|at|to)\b/iu,
  new RegExp(
    "\\b(?:tell|let|send|bring|show|get|give) (?:us|me) (?:know |more |another |any more )?" +
      "(?:more|if|when|what|who|where|how|whether|names?|photos?|pictures?|numbers?|evidence|proof)\\b",
    "iu",
  ),
  new RegExp(
    "\\b(?:ask|asking|follow|following|film|filming|photograph|record|recording|visit|befriend|talk to) " +
      "(?:him|her|them|it|around|the|your|people|somebody|someone|neighbours?)\\b",
    "iu",
  ),
  /\btake (?:a |some |more )?(?:photos?|pictures?|videos?|notes?)\b/iu,
  /\b(?:can|could|would|will) you (?:see|check|get|go|ask|look|watch|find|follow|learn|try|tell us)\b/iu,
];

/** Where an answer asks somebody to find out more, which could make a source of them in law. */
export function askedToFindOut(text: string): Finding[] {
  return ASKING.flatMap((one): Finding[] => {
    const found = one.exec(text);
    if (found === null) return [];
    return [
      {
        rule: "tasking",
        words: found[0],
        says: "This may ask somebody to find out more. Nobody is ever asked to: take it out.",
        needs: "look",
      },
    ];
  });
}

function wordsOf(text: string): string[] {
  return text.normalize("NFKC").toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function runAt(words: readonly string[], at: number): string {
  return words.slice(at, at + SHARED_WORDS).join(" ");
}
