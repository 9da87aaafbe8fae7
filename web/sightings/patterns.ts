// The ways to write a contact, from src/lippen/signals/contact_ways.py: the same rules, so that what the browser
// hides is what the site would. ways.json is written from there (tests/site/sightings/ways_for_the_browser.py);
// tests/site/sightings/contact_vectors.json holds the two together.
//
// They are written as in Python, where \w, \d and \b know every alphabet; `pattern` says that to the browser.

import nobodys from "../../src/lippen/signals/nobodys_words.json" with { type: "json" };
import ways from "./ways.json" with { type: "json" };

const WORD = String.raw`\p{L}\p{N}_`;
const EDGE = `(?:(?<=[${WORD}])(?![${WORD}])|(?<![${WORD}])(?=[${WORD}]))`;

/** A pattern as Python has it, for the browser. */
export function pattern(source: string, flags: string): RegExp {
  let within = false;
  const plain = source
    .split(String.raw`[^\W\d_]`)
    .join(String.raw`[\p{L}\p{Nl}\p{No}]`)
    .split(String.raw`[^\W\d]`)
    .join(String.raw`[\p{L}\p{Nl}\p{No}_]`)
    .replace(/\\.|[[\]]/gsu, (sign) => {
      if (sign === "[") within = true;
      else if (sign === "]") within = false;
      else if (sign === "\\w") return within ? WORD : `[${WORD}]`;
      else if (sign === "\\d") return String.raw`\p{Nd}`;
      else if (sign === "\\b") return EDGE;
      return sign;
    });
  // Where case is no matter, Python takes the two other letters i for one of a-z as well.
  return new RegExp(flags.includes("i") ? plain.replace(/a-z/g, "a-zİı") : plain, `u${flags}`);
}

/** Each way, in the order in which it counts where two begin at one place. */
export const WAYS: readonly (readonly [way: string, pattern: RegExp])[] = ways.map(([way, source, flags]) => [
  way!,
  pattern(source!.split("{NOBODYS}").join(nobodys.join("|")), flags!),
]);
