// First names in one line, from the one list that the site has of them, for the desk's own bundle.

import { readFileSync } from "node:fs";

const LIST = new URL("../src/lippen/site/insight/forenames.txt", import.meta.url);

export function forenames() {
  const lines = readFileSync(LIST, "utf8").split("\n");
  return lines
    .filter((line) => !line.startsWith("#"))
    .flatMap((line) => line.split(" "))
    .filter((name) => name !== "")
    .join(" ");
}
