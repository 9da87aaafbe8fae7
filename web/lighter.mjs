// What the libraries carry along and neither residents nor desks ask of them, left out of the bundles.
//
// age lists all its kinds of keys in one module. That of the hybrid keys makes each of its combinations as it
// loads, and so does that of the ways to write bytes in letters: both lack the mark by which a bundler sees that
// an unused one can go. What a library says when it refuses goes too, as no page shows it: 2.2 kB after gzip.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const KEYS = fileURLToPath(new URL("hybrid_only.mjs", import.meta.url));
const COMBINES = /(?<= = .*)\b(?:QSF|createKitchenSink|ecdhKem|expandSeedXof)\(/g;
const WRITES =
  /(?<=^(?:export )?const \w+ = .*)\b(?:chain|radix2?|alphabet|padding|join|normalize|checksum|genBase58|genBech32|createBase58check)\(/gm;
/** The first text that an error is made with, up to its own sign at the end. */
const SAID = /(?<=\bnew (?:\w*Error)\()(?:'[^'\\\n]*'|"[^"\\\n]*"|`[^`\\]*`)/g;

const marked = (call) => `/* @__PURE__ */ ${call}`;

export const lighter = {
  name: "lighter",
  setup(build) {
    build.onResolve({ filter: /^\.\/recipients\.js$/ }, ({ importer }) =>
      importer.endsWith("/age-encryption/dist/index.js") ? { path: KEYS } : undefined,
    );
    build.onLoad({ filter: /\/node_modules\/(?:@noble|@scure|age-encryption)\/.*\.js$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8").replace(SAID, "''");
      if (path.endsWith("/@noble/post-quantum/hybrid.js")) return { contents: text.replace(COMBINES, marked) };
      if (path.endsWith("/@scure/base/index.js")) return { contents: text.replace(WRITES, marked) };
      return { contents: text };
    });
  },
};
