// Taking contacts out of a field while somebody types: what they finished at once, and all of it when they
// leave the field or send the form.

import { contactsIn, replaced, without, type Without } from "./contacts.ts";

/** What stands in a field afterwards, where the caret stands in it, and the contacts that were taken out. */
export interface Hidden extends Without {
  readonly caret: number;
}

/**
 * A text without the contacts that were finished: while the caret still stands at a word, the word may go on,
 * and half of a handle that was taken out would leave the other half.
 */
export function whileTyping(text: string, caret: number): Hidden {
  const found = contactsIn(text).filter(
    ({ start, end }) => caret <= start || (/\s/.test(text.slice(end, caret)) && !goesOn(text, end)),
  );
  const before = found.filter(({ end }) => end <= caret);
  const shift = before.reduce((sum, { start, end, instead }) => sum + instead.length - (end - start), 0);
  return { ...replaced(text, found), caret: caret + shift };
}

/** Whether a sign that cannot be seen stands after it, behind which a handle may go on. */
function goesOn(text: string, end: number): boolean {
  return /^[\p{Cc}\p{Cf}\p{Mn}\p{Me}]/u.test(text.slice(end)) && !/^\s/.test(text.slice(end));
}

/** A text without any contact, with the caret at its end. */
export function whenLeft(text: string): Hidden {
  const left = without(text);
  return { ...left, caret: left.text.length };
}
