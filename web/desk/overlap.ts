// Words that a log has in common with the report, whatever their case, marks or way of writing a number.

import type { Report } from "../speak/messages.ts";
import { folded as asSeen } from "./folding.ts";
import type { Finding } from "./gate.ts";

/** So many words on end cannot pass without a second person. */
const TOO_MANY = 8;

const NUMBERS = [
  ..."zero one two three four five six seven eight nine ten eleven twelve".split(" "),
  ..."thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty".split(" "),
];

export interface Meter {
  /** Words on end that stand in the report as well, at the longest place. */
  longest: number;
  words: string;
  /** The number from which on a second person has to look. */
  too_many: number;
}

interface Word {
  readonly folded: string;
  readonly start: number;
  readonly end: number;
}

interface Run {
  readonly first: number;
  readonly length: number;
}

/** The longest place that log and report have in common, for a meter that is shown while one writes. */
export function meterOf(text: string, report: Report): Meter {
  const words = wordsOf(text);
  const [longest] = runs(words, report).sort((one, other) => other.length - one.length);
  return { longest: longest?.length ?? 0, words: longest ? said(text, words, longest) :
    "", too_many: TOO_MANY };
}

/** The places of eight words and more that the log has in common with what the resident wrote or chose. */
export function overlaps(text: string, report: Report): Finding[] {
  const words = wordsOf(text);
  return runs(words, report)
    .filter(({ length }) => length >= TOO_MANY)
    .map((run) => ({
      rule: "overlap",
      words: said(text, words, run),
      says:
        `These ${run.length} words stand in the report as well. Whoever reads both knows who wrote it: ` +
        "say it in your own.",
      needs: "second person",
    }));
}

/**
 * The places, none within another, at which words on end stand in the report too; each as long as it can be.
 */
function runs(words: readonly Word[], report: Report): Run[] {
  const told = [...Object.values(report.answers), report.text].map((one) =>
    wordsOf(asSeen(one)).map(({ folded }) => folded),
  );
  const at = new Map<string, [readonly string[], number][]>();
  for (const one of told) {
    for (const [place, word] of one.entries()) {
      const places = at.get(word) ?? [];
      places.push([one, place]);
      at.set(word, places);
    }
  }
  const found: Run[] = [];
  for (let first = 0; first < words.length; ) {
    let length = 0;
    for (const [one, place] of at.get(words[first]!.folded) ?? []) {
      let same = 1;
      while (first + same < words.length && words[first + same]!.folded === one[place + same]) same += 1;
      length = Math.max(length, same);
    }
    if (length > 0) found.push({ first, length });
    first += Math.max(length - 1, 1); // the last word may begin a longer run
  }
  return found;
}

function said(text: string, words: readonly Word[], { first, length }: Run): string {
  return text.slice(words[first]!.start, words[first + length - 1]!.end);
}

function wordsOf(text: string): Word[] {
  return [...text.matchAll(/[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}]|['’](?=\p{L}))*/gu)].map((match) => ({
    folded: folded(match[0]),
    start: match.index,
    end: match.index + match[0].length,
  }));
}

function folded(word: string): string {
  const plain = word
    .normalize("NFKD")
    .toLowerCase()
    .replace(/['’\p{M}]/gu, "");
  return NUMBERS[Number(plain)] ?? plain;
}
