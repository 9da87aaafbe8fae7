// Words as they were meant where one slip of typing stands between: "mohter" is read as "mother".

const ROWS = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];
/** Words of their own that are one slip from a word of the rules. */
const MEANT = new Set(
  "bother bothers grams others another might quite horse words form live stay life wine".split(" "),
);

/** A text with slips mended, and for each of its places the place in the text as it was typed. */
export interface Mended {
  readonly text: string;
  readonly typed: (place: number) => number;
}

/** `text` with each word of four letters and more that is one slip away from one of `known` put right. */
export function mended(text: string, known: ReadonlySet<string>): Mended {
  let made = "";
  const shifts: [from: number, by: number][] = [[0, 0]];
  let done = 0;
  for (const { 0: word, index } of text.matchAll(/[\p{L}]{4,}/gu)) {
    const meant = meantBy(word.toLowerCase(), known);
    if (meant === null) continue;
    made += text.slice(done, index) + meant;
    done = index + word.length;
    shifts.push([made.length, done - made.length]);
  }
  made += text.slice(done);
  return {
    text: made,
    typed: (place) => {
      const before = shifts.filter(([from]) => from <= place);
      return Math.min(place + (before[before.length - 1]?.[1] ?? 0), text.length);
    },
  };
}

function meantBy(word: string, known: ReadonlySet<string>): string | null {
  if (known.has(word) || MEANT.has(word)) return null;
  for (const one of known) if (isSlip(word, one)) return one;
  return null;
}

/** Two letters swapped or one doubled; in a word of five and more also one left out or hit beside. */
function isSlip(typed: string, meant: string): boolean {
  let at = 0;
  while (at < meant.length && typed[at] === meant[at]) at += 1;
  const rest = typed.slice(at);
  const wanted = meant.slice(at);
  if (at === 0) return false; // a slip is within a word
  if (typed.length === meant.length) {
    if (rest[0] === wanted[1] && rest[1] === wanted[0] && rest.slice(2) === wanted.slice(2)) return true;
    return meant.length > 4 && rest.slice(1) === wanted.slice(1) && areBeside(rest[0]!, wanted[0]!);
  }
  if (typed.length === meant.length + 1) return rest[0] === typed[at - 1] && rest.slice(1) === wanted;
  return meant.length > 4 && typed.length === meant.length - 1 && rest === wanted.slice(1);
}

/**
 * Whether two letters stand beside each other on a British keyboard, whose rows are each shifted half a key.
 */
function areBeside(one: string, other: string): boolean {
  const [row, at] = keyOf(one);
  const [next, place] = keyOf(other);
  if (row < 0 || next < 0) return false;
  if (row === next) return Math.abs(at - place) === 1;
  return Math.abs(row - next) === 1 && [0, 1].includes(row < next ? at - place : place - at);
}

function keyOf(letter: string): [row: number, at: number] {
  const row = ROWS.findIndex((keys) => keys.includes(letter));
  return [row, ROWS[row]?.indexOf(letter) ?? -1];
}
