// A text as the eye takes it, in plain signs: as `as_seen` of src/lippen/signals/folding.py.

import { digit } from "../desk/folding.ts";

const SIGNS: ReadonlyMap<string, string> = new Map([
  ["\u2212", "-"],
  ["\u2018", "'"],
  ["\u2019", "'"],
  ["\u02bc", "'"],
  ["\uff07", "'"],
]);

/** Controls, signs without width, and marks that stand on another sign. */
const LEFT_OUT = /[\p{Cc}\p{Cf}\p{Mn}\p{Me}]/u;

export function asSeen(text: string): string {
  let plain = "";
  for (const written of text.normalize("NFKC")) {
    const sign = SIGNS.get(written) ?? written;
    if (/\p{Nd}/u.test(sign)) plain += sign >= "0" && sign <= "9" ? sign : digit(sign);
    else if (/\p{Pd}/u.test(sign)) plain += "-";
    else if (/\s/u.test(sign)) plain += /[\t\n\r\f]/.test(sign) ? sign : " ";
    else if (!LEFT_OUT.test(sign)) plain += sign;
  }
  return plain;
}
