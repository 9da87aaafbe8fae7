// What in an answer's own words could tell whoever found the receipt what was written, or who knows of it.
//
// The resident's page shows an answer to whoever has the words of the receipt. The pieces are those of the release gate;
// what they take for granted in a log, such as the places that the report names, is not let be here.

import type { Report } from "../speak/messages.ts";
import { asWritten, folded, read, written } from "./folding.ts";
import { meterOf, type Finding } from "./gate.ts";
import { namesIn } from "./names.ts";
import { pointersIn } from "./pointers.ts";
import { unread } from "./reading.ts";
import { hasLetter } from "./signs.ts";
import { askedToFindOut } from "./tasking.ts";

/** So many words on end that stand in the report too are shown; in a log it takes eight. */
const ON_END = 4;

/** Words shorter than this say little of what was written. */
const LONG = 3;

const COMMON = new Set(
  (
    "about above after again against almost already although always another anybody anyone anything around " +
    "because become before being below better between could doing during either enough every everybody " +
    "everyone everything first getting going great having itself least letter maybe might myself nearly " +
    "never nobody nothing often others ourselves people perhaps please quite rather really right shall " +
    "should since somebody someone something sometimes somewhere still sorry their theirs them themselves " +
    "there these thing things think those though through today together tomorrow tonight under until very " +
    "ago all also and any are ask asked away back bad been big both but call came can come could day days did does " +
    "done each else even ever few find for from gave get give given glad goes going gone good got had half has have " +
    "help her here him his hope how into its just keep kept kind knew know known last left less let life like long " +
    "look made make many may more most much must name near need new next nor not now off old once one only open our " +
    "out over own part past put read said same say see seen sent set she side small some soon stay such sure take " +
    "tell ten than that the them then they this time told too took try two under upon use used was way week weeks " +
    "well went were what when who whom why will wish with word words work year years yes yet you your told years " +
    "wanted where whether which while without would write writing written wrote yesterday yours yourself"
  ).split(" "),
);

const BODIES = new RegExp(
  "(?<![\\p{L}\\p{N}])(?:polis|police(?:man|men|woman|women)?|polisman|polismen|cops?|officers?|constables?" +
    "|sergeants?|inspectors?|detectives?|the (?:law|authorities|fiscal)|procurator fiscal|sheriff|court" +
    "|council|cooncil|councillors?|housing|landlords?|factor|social work(?:ers?)?|(?:case|key|youth|support)" +
    "[- ]?workers?|schools?|teachers?|nhs|hospital|doctors?|gp|nurse|fire (?:service|brigade)|home office" +
    "|immigration|crimestoppers|partners?|agency|agencies|bizzies|busies|boys in blue|feds?|pf|rozzers?|peelers?" +
    "|old bill|(?:in|wears?|wearing|with) uniforms?|999 (?:folk|lot|people)|raid(?:s|ed|it)?|lift(?:ed|it)" +
    "|arrest(?:s|ed|it)?|charged|chairged|custody|jail(?:ed|it)?|warrants?|search(?:es|ed)|seized|nicked|nickit)(?![\\p{L}\\p{N}])",
  "giu",
);

/** All that is found in a worker's own words. `bodies` are names of partners, and `ready` the answers at hand. */
export function judgeAnswer(
  own: string,
  report: Report,
  bodies: readonly string[],
  ready: readonly string[],
): Finding[] {
  if (own === "") return [];
  const seen = read(own);
  const numbers = new Set(ready.flatMap(digitsOf));
  const pointing = pointersIn(seen.text).filter(
    ({ rule, words }) =>
      rule !== "first person" && // a desk says "we"
      !(rule === "contact" && digitsOf(words).some((one) => numbers.has(one))),
  );
  return [
    ...(hasLetter(own) ? [] : [NO_LETTER]),
    ...written(own),
    ...unread(own),
    ...asWritten(seen, askedToFindOut(own)),
    ...inReport(own, report, ready),
    ...[pointing, named(seen.text), bodiesIn(seen.text, bodies)].flatMap((one) => asWritten(seen, one)),
  ];
}

const NO_LETTER: Finding = { rule: "signs", words: "", says: "There is no letter in it.", needs: "stop" };

/** The telephone numbers in a text, of digits alone. */
function digitsOf(text: string): string[] {
  return (text.match(/\d[\d ]{4,}\d/g) ?? []).map((one) => one.replace(/ /g, ""));
}

function named(own: string): Finding[] {
  return namesIn(own, [])
    .filter(({ words }) => !/^(?:we|our|you|your)$/iu.test(words))
    .map((one) => ({ ...one, says: "This may be somebody's name. An answer names nobody." }));
}

/** Words that stand in the report too, one finding for all of them: those of ready answers tell nothing. */
function inReport(own: string, report: Report, ready: readonly string[]): Finding[] {
  const told = new Set([report.text, ...Object.values(report.answers)].flatMap(wordsOf).map(stem));
  const known = new Set([...ready.flatMap(wordsOf), ...COMMON].map(stem));
  const shared = (own.match(/[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*/gu) ?? []).filter((written) =>
    wordsOf(written).some((one) => one.length >= LONG && told.has(stem(one)) && !known.has(stem(one))),
  );
  const seen = read(own);
  const { longest, words } = meterOf(seen.text, report);
  const [run] = asWritten(seen, [{ rule: "overlap", words, says: "", needs: "look" }]);
  const found = [...new Set([...(longest >= ON_END ? [run!.words] : []), ...shared])];
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
  const named = bodies.flatMap((one) => new RegExp(edged(one), "iu").exec(own)?.[0] ?? []);
  const found = new Map([...named, ...(own.match(BODIES) ?? [])].map((one) => [one.toLowerCase(), one]));
  return [...found.values()].map((words) => ({
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
  const plain = folded(text).normalize("NFKD").toLowerCase().replace(/[\p{M}'’]/gu, "");
  return plain.match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** A word without an ending of number or time, so that one and many are the same. */
function stem(word: string): string {
  return word.replace(/(?<=.{3})(?:ings?|in|ed|es|it|s|e)$/u, "");
}
