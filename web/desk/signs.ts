// Which signs a text may hold: only what a reader sees as writing. The site refuses the same
// (src/lippen/site/desk/log_content.py), and a test goes through every sign there is on both sides.

/**
 * Control signs but for new lines, what is there to be ignored (tags, joiners, spaces of no width, signs that
 * choose a variant), what turns the direction of writing, halves of pairs, private and unassigned ones, two
 * that part lines or paragraphs, and a letter that is an empty cell.
 */
const UNSEEN = /(?![\t\n\r])[\p{C}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\u2800]/u;

/** More marks than this on one letter are no language. */
const HEAPED = /\p{M}{5}/u;

/** Whether a page shows all that stands in this text, and as it stands there. */
export function isPlain(text: string): boolean {
  return !UNSEEN.test(text) && !HEAPED.test(text);
}

/** What turns the direction of writing. */
const TURNS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/** Joiners that some scripts are written with, and what makes a picture of a sign. */
const WRITING =
  /(?<=(?!\p{Script=Latin})\p{L}\p{M}*)[\u200c\u200d](?=(?!\p{Script=Latin})\p{L})|(?<=\p{Extended_Pictographic}\p{M}*)[\ufe0f\u200d]/gu;

/**
 * A text of somebody else's for showing: signs that nobody sees stand in it by their numbers and do nothing,
 * so that all of it is read as it runs.
 */
export function named(text: string): string {
  const kept = new Set([...text.matchAll(WRITING)].map(({ index }) => index));
  return text.replace(new RegExp(UNSEEN, "gu"), (sign: string, at: number) => {
    if (kept.has(at)) return sign;
    const number = sign.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
    return `[U+${number}, a sign that ${TURNS.test(sign) ? "turns the writing round" : "nobody sees"}]`;
  });
}

/** Whether there is a letter in it: without one it tells nothing, or hides what it tells. */
export function hasLetter(text: string): boolean {
  return /\p{L}/u.test(text);
}
