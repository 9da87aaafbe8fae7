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

/** Whether there is a letter in it: without one it tells nothing, or hides what it tells. */
export function hasLetter(text: string): boolean {
  return /\p{L}/u.test(text);
}
