// What in an answer's own words could tell whoever found the receipt what was written, or who knows of it.
//
// The resident's page shows an answer to whoever has the words of the receipt. The pieces are those of the release gate;
// what they take for granted in a log, such as the places that the report names, is not let be here.

import type { Report } from "../speak/messages.ts";
import { meterOf, type Finding } from "./gate.ts";
import { namesIn } from "./names.ts";
import { pointersIn } from "./pointers.ts";
import { askedToFindOut } from "./tasking.ts";

/** So many words on end that stand in the report too are shown; in a log it takes eight. */
const ON_END = 4;

/** Words shorter than this say little of what was written. */
const LONG = 5;

const COMMON = new Set(
  (
    "about above after again against almost already although always another anybody anyone anything around " +
    "because become before being below better between could doing during either enough every everybody " +
    "everyone everything first getting going great having itself least letter maybe might myself nearly " +
    "never nobody nothing often others ourselves people perhaps please quite rather really right shall " +
    "should since somebody someone something sometimes somewhere still sorry their theirs them themselves " +
    "there these thing things think those though through today together tomorrow tonight under until very " +
    "wanted where whether which while without would write writing written wrote yesterday yours yourself"
  ).split(" "),
);

const BODIES = new RegExp(
  "(?<![\\p{L}\\p{N}])(?:polis|police(?:man|men|woman|women)?|polisman|polismen|cops?|officers?|constables?" +
    "|sergeants?|inspectors?|detectives?|the (?:law|authorities|fiscal)|procurator fiscal|sheriff|court" +
    "|council|cooncil|councillors?|housing|landlords?|factor|social work(?:ers?)?|(?:case|key|youth|support)" +
    "[- ]?workers?|schools?|teachers?|nhs|hospital|doctors?|gp|nurse|fire (?:service|brigade)|home office" +
    "|immigration|crimestoppers|partners?|agency|agencies)(?![\\p{L}\\p{N}])",
  "giu",
);

/** All that is found in a worker's own words. `bodies` are names of partners, and `ready` the answers at hand. */
export function judgeAnswer(
  own: string,
  report: Report,
  bodies: readonly string[],
  ready: readonly string[],
): Finding[] {
  const pointing = pointersIn(own).filter(({ rule }) => rule !== "first person"); // a desk says "we"
  return [
    ...askedToFindOut(own),
    ...inReport(own, report, ready),
    ...pointing,
    ...named(own),
    ...bodiesIn(own, bodies),
  ];
}

function named(own: string): Finding[] {
  return namesIn(own, [])
    .filter(({ words }) => !/^(?:we|our|you|your)$/iu.test(words))
    .map((one) => ({ ...one, says: "This may be somebody's name. An answer names nobody." }));
}

/** Words that stand in the report too, one finding for all of them: those of ready answers tell nothing. */
function inReport(own: string, report: Report, ready: readonly string[]): Finding[] {
  const told = new Set([report.text, ...Object.values(report.answers)].flatMap(wordsOf));
  const known = new Set([...ready.flatMap(wordsOf), ...COMMON]);
  const shared = new Set(wordsOf(own).filter((one) => one.length >= LONG && told.has(one) && !known.has(one)));
  const { longest, words } = meterOf(own, report);
  const found = [...(longest >= ON_END ? [words] : []), ...shared];
  if (found.length === 0) return [];
  return [
    {
      rule: "overlap",
      words: found.join(", "),
      says: "This stands in the report as well: whoever found the receipt would learn what it says.",
      needs: "second person",
    },
  ];
}

function bodiesIn(own: string, bodies: readonly string[]): Finding[] {
  const named = bodies.filter((one) => new RegExp(edged(one), "iu").test(own));
  const found = new Set([...(own.match(BODIES) ?? []), ...named].map((one) => one.toLowerCase()));
  return [...found].map((words) => ({
    rule: "body",
    words,
    says:
      "This speaks of the police or of another body. Whoever found the receipt would learn who knows, and the " +
      "resident may have asked that they do not.",
    needs: "second person",
  }));
}

function edged(words: string): string {
  return `(?<![\\p{L}\\p{N}])${words.replace(/[.*+?^${}()[\]\\|]/g, "\\$&")}(?![\\p{L}\\p{N}])`;
}

function wordsOf(text: string): string[] {
  const plain = text.normalize("NFKD").toLowerCase().replace(/[\p{M}'’]/gu, "");
  return plain.match(/[\p{L}\p{N}]+/gu) ?? [];
}
