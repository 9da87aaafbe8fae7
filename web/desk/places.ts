// Streets, houses, flats and floors in a sighting, which says nothing smaller than its area. The site refuses the
// same (src/lippen/site/desk/sighting_content.py): both read one list of patterns.

import written from "../../src/lippen/site/desk/places.json" with { type: "json" };
import { pattern } from "../sightings/patterns.ts";

const PLACES = written.map(([source, flags]) => pattern(source!, `g${flags}`));

/** Each place that a text names, but for the areas themselves. */
export function placesIn(text: string, areas: readonly string[]): string[] {
  const known = new Set(areas.map((one) => one.toLowerCase()));
  const found: string[] = [];
  for (const one of PLACES)
    for (const [whole, words = whole] of text.matchAll(one)) {
      const told = found.some((other) => other.includes(words) || words.includes(other));
      if (!told && !known.has(words.toLowerCase())) found.push(words);
    }
  return found;
}
