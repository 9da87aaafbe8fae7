// What in a text may point to whoever wrote it, and how many people at most could have known what was told.
//
// All of it happens on the phone and nothing is kept. A hint is a place in the text with a coarser wording
// where there is one. The number is told in four bands: the least of the residents of the area named and of a
// cap for each detail. A least stays right however the details depend on each other; a product of shares does
// not. Each cap is so low that the band names no more people than there may have been: it can say that few
// could know. It can never say that somebody is safe.

import { inDigits, leads } from "./offer.ts";
import type { Words } from "./words.ts";

export type HintKind = "address" | "kin" | "name" | "contact" | "time" | "quote" | "only" | "routine";

export interface Hint {
  readonly kind: HintKind;
  readonly start: number;
  readonly end: number;
  /** What could stand there instead: "" takes it out, null says that only the writer can find other words. */
  readonly coarser: string | null;
}

const EDGE = "(^|[^\\p{L}\\p{N}])";
const END = "(?![\\p{L}\\p{N}])";
const TITLED = /^\.?\s+[\p{Lu}\p{Lo}][\p{L}'-]+(?:\s+\p{Lu}[\p{L}'-]*)*/u;
const NAME = /^[\s,:]+\p{L}[\p{L}'-]*(?:\s+\p{Lu}[\p{L}'-]*)*/u;
// A capital tells a name after a kin word from any other word. In small letters it is not known for one.
const PERSON = "(?!I(?![\\p{L}-]))\\p{Lu}(?:[\\p{L}-]|'(?!s(?!\\p{L})))*";
const LAST = /^[\s,.!-]+\p{L}[\p{L}'-]+(?:\s+\p{Lu}[\p{L}'-]*)*[\s.!]*$/u;
const NETWORK_NAME = /^[\s:]*@?[\p{L}\p{N}_.-]*[\p{L}\p{N}_]/u;
const POSTCODE = /()\b([A-Z]{1,2}\d[A-Z\d]?)\s?\d[A-Z]{2}\b/gi;
const HANDLE = /(^|[^\p{L}\p{N}@.])@[\p{L}\p{N}_][\p{L}\p{N}_.]+/gu;
// Great Britain since 2001, whatever the case; and from 1983 to 2001 in capitals, since m8 is a motorway too.
const PLATE = /(^|[^\p{L}\p{N}])(?:[A-Za-z]{2}\d{2}\s?[A-Za-z]{3}|[A-Z]\d{1,3}\s?[A-Z]{3})(?![\p{L}\p{N}])/gu;
const TELEPHONE = /(^|[^\d.])(?:\+\d{2}|0)(?:[\s-]?\d){9,11}(?!\d)/g;
const QUOTE = /()(?:"[^"\n]{3,300}"|“[^”\n]{3,300}”|„[^”\n]{3,300}”|«[^»\n]{3,300}»)/g;
// An apostrophe stands behind a letter or before the rest of a word that is cut short.
const CUT_SHORT = "(?:till?|cause|cos|em|tis|bout|round|n)(?!\\p{L})";
const SINGLE = new RegExp(
  `${EDGE}['‘](?!${CUT_SHORT})(?=\\p{L})(?:[^'\\n]|'(?=\\p{L})){3,300}'${END}`,
  "giu",
);

/** Everything found in `text`, in the order in which it stands there, none within another. */
export function hintsIn(text: string, words: Words): Hint[] {
  const plain = inDigits(text).replace(/’/g, "'"); // one sign for another: places stay where they are
  const found: Hint[] = [];
  // `tail` is what belongs to a find beyond the pattern. Without it the find is none, nor where nothing is coarser.
  const look = (
    kind: HintKind,
    pattern: RegExp,
    coarser: (match: RegExpExecArray) => string | null | undefined,
    tail = /^/,
  ): void => {
    for (let match = pattern.exec(plain); match !== null; match = pattern.exec(plain)) {
      const start = match.index + (match[1] ?? "").length;
      const more = tail.exec(plain.slice(match.index + match[0].length));
      const end = match.index + match[0].length + (more?.[0].length ?? 0);
      pattern.lastIndex = end;
      const instead = coarser(match);
      if (more === null || instead === undefined) continue;
      if (found.every((one) => end <= one.start || one.end <= start))
        found.push({ kind, start, end, coarser: instead });
    }
  };
  // A language's cues are patterns; what is matched is asked for by number, so their groups have none.
  const cue = (key: keyof Words & `cue.${string}`): string =>
    `(?:${words[key].replace(/’/g, "'").replace(/\((?!\?)/g, "(?:")})`;
  const cued = (pattern: string, flags = "giu"): RegExp => new RegExp(EDGE + pattern + END, flags);

  const joins = `(?:,|\\s+[–—-]|\\s+${cue("cue.and")})*[ \\t]+(?:${PERSON}|[("“]${PERSON}(?:\\s+${PERSON})*[)"”])`;
  const called = `(?:'s|,)?\\s+${cue("cue.called")}\\s+\\p{L}[\\p{L}'-]*`;
  const named = new RegExp(`^(?:(?:${called}|${joins})(?:${joins})*)?`, "u");
  const herself = new RegExp(`^${cue("cue.i")}${END}`, "iu");
  const person = ([whole]: RegExpExecArray): string =>
    words[herself.test(whole.trimStart()) ? "coarse.known" : "coarse.person"];

  look("contact", cued(cue("cue.network")), () => "", NETWORK_NAME);
  look("contact", HANDLE, () => "");
  look("contact", TELEPHONE, () => "");
  look("contact", leads(words), () => "");
  look("name", cued(cue("cue.name")), () => "", NAME);
  look("name", cued(cue("cue.title"), "gu"), () => words["coarse.person"], TITLED);
  look("address", POSTCODE, (match) => match[2] ?? "");
  look("contact", PLATE, () => "");
  look(
    "address",
    cued(`\\d+[a-z]?(?:/\\d+)?,?\\s+((?:\\p{L}[\\p{L}']*\\s+){1,3}?${cue("cue.street")})`),
    (match) => match[2] ?? "",
  );
  const hour = `(?:${cue("cue.count")}|\\d{1,2})`;
  const numbered = `${cue("cue.number")}(?:\\s*\\d+[a-z]?(?:[/-]\\d+)?|\\s+${cue("cue.count")})`;
  const home = `(?:${numbered}|${cue("cue.home")})`;
  // From where it was seen goes as a whole: "from a home" would still say that somebody looked out of one.
  look("address", cued(`${cue("cue.from")}\\s+${home}`), () => "");
  look("address", cued(home), () => words["coarse.home"]);
  look("address", cued(cue("cue.beside")), () => "");
  look("quote", cued(cue("cue.told"), "gu"), () => "");
  look("kin", cued(cue("cue.kin")), person, named);
  look("kin", cued(`${cue("cue.our")}(?:\\s+${PERSON})+`, "gu"), () => words["coarse.person"]);
  const farewell = new RegExp(`(^|[.!?…\\n]\\s*)${cue("cue.bye")}${END}`, "giu");
  look("name", farewell, () => "", LAST);
  look("only", cued(cue("cue.only")), () => "");
  look("routine", cued(cue("cue.routine")), () => "");
  look("routine", cued(cue("cue.role")), person);
  look("routine", cued(cue("cue.self").replace(/#/g, hour)), () => "");
  const nth = "\\d{1,2}(?:st|nd|rd|th)";
  const [weekday, month] = [cue("cue.weekday"), cue("cue.month")];
  const days = [
    `(?:${weekday},?\\s+)?(?:the\\s+)?\\d{1,2}(?:st|nd|rd|th)?(?:\\s+of)?\\s+${month}`,
    `${month}\\s+(?:the\\s+)?\\d{1,2}(?:st|nd|rd|th)?(?!\\d)`,
    `${weekday},?\\s+(?:the\\s+)?${nth}`,
    `on\\s+the\\s+${nth}(?!\\s+(?:floor|flair|storey|landing))`,
    "\\d{1,2}([/.-])\\d{1,2}\\3(?:20)?\\d\\d",
  ];
  look("time", cued(`(${cue("cue.week")}\\s+)?(?:on\\s+)?(?:${days.join("|")})`), (match) =>
    match[2] === undefined ? words["coarse.day"] : undefined,
  );
  // 12.50 may as well be a price: with a point it is a time only after "at" or before "pm".
  for (const [point, at, half] of [
    [":", "?", "?"],
    ["\\.", "", "?"],
    ["\\.", "?", ""],
  ] as const) {
    const pattern =
      `(^|[^\\p{L}\\p{N}£$€:.,])(?:${cue("cue.at")}\\s+)${at}([01]?\\d|2[0-3])${point}[0-5]\\d` +
      `(?:\\s?([ap])\\.?m\\b\\.?)${half}(?![\\d:]|[.,]\\d)`;
    look("time", new RegExp(pattern, "giu"), (match) => partOfDay(match[2] ?? "", match[3], words));
  }
  look("time", cued(`(?:${cue("cue.at")}\\s+)?(\\d{1,2})\\s?([ap])\\.?m`), (match) =>
    partOfDay(match[2] ?? "", match[3], words),
  );
  look("time", cued(`(?:${cue("cue.at")}\\s+)?${cue("cue.clock").replace(/#/g, hour)}`), () => "");
  look("quote", QUOTE, () => null);
  look("quote", SINGLE, () => null);
  return found.sort((one, other) => one.start - other.start);
}

/** "" when nobody can tell the part of the day: 4:20 may be either. */
function partOfDay(hours: string, half: string | undefined, words: Words): string {
  let hour = Number(hours);
  if (half !== undefined) hour = (hour % 12) + (half.toLowerCase() === "p" ? 12 : 0);
  else if (hours.length === 1 || (hour > 9 && hour < 13)) return "";
  if (hour < 6) return words["coarse.night"];
  if (hour < 12) return words["coarse.morning"];
  return hour < 18 ? words["coarse.afternoon"] : words["coarse.evening"];
}

/** `text` with the coarser wording in the place of what was found. */
export function coarsen(text: string, hint: Hint): string {
  const before = text.slice(0, hint.start);
  const after = text.slice(hint.end);
  const found = text.slice(hint.start, hint.end);
  const instead = hint.coarser ?? found;
  const ends = hint.coarser === null ? "" : found.replace(/[^\n]+/g, ""); // a line stays the one that it is
  return instead === ""
    ? `${before.replace(/[ \t]+$/, "")}${ends}${/^[\s.,;:!?]|^$/.test(after) ? "" : " "}${after}`
    : before + instead + ends + after;
}

export const BANDS = ["few", "some", "many", "more"] as const;
export type Band = (typeof BANDS)[number];

const MOST: Readonly<Record<Band, number>> = { few: 4, some: 20, many: 100, more: Infinity };

/**
 * Caps for kinds of places that few have in view. One stair in eighty of a made-up town had fewer than five
 * residents (docs/explanation/gate.md), and nobody here knows which. The shortest street had 17.
 */
const PLACES: Readonly<Partial<Record<string, number>>> = { stair: 4, home: 4, street: 20 };

export interface Known {
  /** Residents of each small area of the area named; empty when none was named. */
  readonly smallAreas: readonly number[];
  /** The kind of place, or "". */
  readonly near: string;
  /** How many hints there are in the text. */
  readonly hints: number;
  /** What the writer believes, or null. */
  readonly others: Band | null;
}

/**
 * The band of how many could have known this: there may have been more, and there were not fewer than its
 * lower end. Any hint says who speaks, from where or when, or what few heard: with one it is "few", whatever
 * the area has.
 */
export function bandOf(known: Known): Band {
  const residents =
    known.smallAreas.length === 0 ? Infinity : known.smallAreas.reduce((sum, one) => sum + one, 0);
  const most = Math.min(
    residents,
    PLACES[known.near] ?? Infinity,
    known.others === null ? Infinity : MOST[known.others],
    known.hints > 0 ? MOST.few : Infinity,
  );
  return BANDS.find((band) => most <= MOST[band]) ?? "more";
}

/** Why the band is low where no hint is left: words that were kept, the kind of place, or neither. */
export function whyFew({ hints, near }: Known): "kept" | "near" | null {
  if (hints > 0) return "kept";
  return near in PLACES ? "near" : null;
}
