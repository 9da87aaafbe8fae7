// Words for what is sold in one line, from the one vocabulary that the program has of them, for the desk's own
// bundle.

import { readFileSync } from "node:fs";

const LIST = new URL("../src/lippen/trade/words/substances.toml", import.meta.url);

/** Each word of the names and the slang. Of fewer than four letters many are words of other languages. */
export function tradeWords() {
  const lines = readFileSync(LIST, "utf8").matchAll(/^(?:names|slang) = (\[.*\])$/gm);
  const words = [...lines].flatMap(([, list]) => JSON.parse(list)).flatMap((name) => name.split(/[^a-z]+/));
  return [...new Set(words.filter((word) => word.length > 3))].sort().join(" ");
}
