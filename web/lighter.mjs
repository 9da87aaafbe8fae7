// What the libraries carry along and neither residents nor desks ask of them, left out of the bundles.
//
// age lists all its kinds of keys in one module. That of the hybrid keys makes each of its combinations as it
// loads, and lacks the mark by which a bundler sees that an unused one can go.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const KEYS = fileURLToPath(new URL("hybrid_only.mjs", import.meta.url));
const COMBINES = /(?<= = .*)\b(?:QSF|createKitchenSink|ecdhKem|expandSeedXof)\(/g;

export const lighter = {
  name: "lighter",
  setup(build) {
    build.onResolve({ filter: /^\.\/recipients\.js$/ }, ({ importer }) =>
      importer.endsWith("/age-encryption/dist/index.js") ? { path: KEYS } : undefined,
    );
    build.onLoad({ filter: /\/@noble\/post-quantum\/hybrid\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replace(COMBINES, (call) => `/* @__PURE__ */ ${call}`),
    }));
  },
};
