// What in a text may point to whoever wrote it, and how many people at most could have known what was told.
//
// All of it happens on the phone and nothing is kept. A hint is a place in the text with a coarser wording
// where there is one. The number is told in four bands: the least of the residents of the area named and of a
// cap for each detail. A least stays right however the details depend on each other; a product of shares does
// not. Each cap is so low that the band names no more people than there may have been: it can say that few
// could know. It can never say that somebody is safe.

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
const NAME = /^[\s,:]+\p{L}[\p{L}'-]*(?:\s+\p{Lu}[\p{L}'-]*)*/u;
const POSTCODE = /()\b([A-Z]{1,2}\d[A-Z\d]?)\s?\d[A-Z]{2}\b/gi;
const EMAIL = /()[^\s@<>]+@[^\s@<>]+\.[^\s@<>.]+/g;
const TELEPHONE = /(^|[^\d.])(?:\+\d{2}|0)(?:[\s-]?\d){9,11}(?!\d)/g;
const QUOTE = /()(?:"[^"\n]{3,300}"|“[^”\n]{3,300}”|„[^”\n]{3,300}”|«[^»\n]{3,300}»)/g;

/** Everything found in `text`, in the order in which it stands there, none within another. */
export function hintsIn(text: string, words: Words): Hint[] {
  const plain = text.replace(/’/g, "'"); // one sign for another: places stay where they are
  const found: Hint[] = [];
  // `tail` is what belongs to a find beyond the pattern; without it the find is none.
  const look = (
    kind: HintKind,
    pattern: RegExp,
    coarser: (match: RegExpExecArray) => string | null,
    tail = /^/,
  ): void => {
    for (let match = pattern.exec(plain); match !== null; match = pattern.exec(plain)) {
      const start = match.index + (match[1] ?? "").length;
      const more = tail.exec(plain.slice(match.index + match[0].length));
      const end = match.index + match[0].length + (more?.[0].length ?? 0);
      pattern.lastIndex = end;
      if (more !== null && found.every((one) => end <= one.start || one.end <= start)) {
        found.push({ kind, start, end, coarser: coarser(match) });
      }
    }
  };
  const cue = (key: keyof Words & `cue.${string}`): string =>
    words[key]
      .split("|")
      .map((one) => one.replace(/'|’/g, "'").replace(/[.*+?^${}()[\]\\]/g, "\\$&"))
      .join("|");

  look("contact", EMAIL, () => "");
  look("contact", TELEPHONE, () => "");
  look("name", new RegExp(`${EDGE}(?:${cue("cue.name")})${END}`, "giu"), () => "", NAME);
  look("address", POSTCODE, (match) => match[2] ?? "");
  look(
    "address",
    new RegExp(
      `${EDGE}\\d+[a-z]?(?:/\\d+)?,?\\s+((?:\\p{L}[\\p{L}']*\\s+){1,3}?(?:${cue("cue.street")}))${END}`,
      "giu",
    ),
    (match) => match[2] ?? "",
  );
  look(
    "address",
    new RegExp(`${EDGE}(?:${cue("cue.number")})\\s*\\d+[a-z]?(?:[/-]\\d+)?${END}`, "giu"),
    () => words["coarse.home"],
  );
  look("address", new RegExp(`${EDGE}(?:${cue("cue.home")})${END}`, "giu"), () => words["coarse.home"]);
  look("address", new RegExp(`${EDGE}(?:${cue("cue.beside")})${END}`, "giu"), () => "");
  look("kin", new RegExp(`${EDGE}(?:${cue("cue.kin")})${END}`, "giu"), () => words["coarse.person"]);
  look("only", new RegExp(`${EDGE}(?:${cue("cue.only")})${END}`, "giu"), () => "");
  look("routine", new RegExp(`${EDGE}(?:${cue("cue.routine")})${END}`, "giu"), () => "");
  // 12.50 may as well be a price: with a point it is a time only after "at" or before "pm".
  for (const [point, at, half] of [
    [":", "?", "?"],
    ["\\.", "", "?"],
    ["\\.", "?", ""],
  ] as const) {
    const pattern =
      `(^|[^\\p{L}\\p{N}£$€:.,])(?:(?:${cue("cue.at")})\\s+)${at}([01]?\\d|2[0-3])${point}[0-5]\\d` +
      `(?:\\s?([ap])\\.?m\\b\\.?)${half}(?![\\d:]|[.,]\\d)`;
    look("time", new RegExp(pattern, "giu"), (match) => partOfDay(match[2] ?? "", match[3], words));
  }
  look("quote", QUOTE, () => null);
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
  const instead = hint.coarser ?? text.slice(hint.start, hint.end);
  return instead === ""
    ? `${before.replace(/[ \t]+$/, "")}${/^[\s.,;:!?]|^$/.test(after) ? "" : " "}${after}`
    : before + instead + after;
}

export const BANDS = ["few", "some", "many", "more"] as const;
export type Band = (typeof BANDS)[number];

const MOST: Readonly<Record<Band, number>> = { few: 4, some: 20, many: 100, more: Infinity };

/**
 * Caps for what says who speaks, or from where. The band must not overstate: the least that it allows for may
 * not be more people than there were. A home holds one person and more, a family tie is known in one home, so
 * both are "few".
 */
const CAPS: Readonly<Partial<Record<HintKind, number>>> = {
  only: 1,
  name: 1,
  contact: 1,
  routine: 1,
  address: 4,
  kin: 4,
};

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
  readonly kinds: readonly HintKind[];
  /** What the writer believes, or null. */
  readonly others: Band | null;
}

/**
 * The band of how many could have known this: there may have been more, and there were not fewer than its
 * lower end.
 */
export function bandOf(known: Known): Band {
  const residents =
    known.smallAreas.length === 0 ? Infinity : known.smallAreas.reduce((sum, one) => sum + one, 0);
  const most = Math.min(
    residents,
    PLACES[known.near] ?? Infinity,
    known.others === null ? Infinity : MOST[known.others],
    ...known.kinds.map((kind) => CAPS[kind] ?? Infinity),
  );
  return BANDS.find((band) => most <= MOST[band]) ?? "more";
}
