// Builds what the site ships from web/, the same to the byte each time: nothing in it says when, where or on what
// machine. `node build.mjs` writes the files; `node build.mjs --weigh` also prints what they weigh.

import { build } from "esbuild";
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { codedWords } from "./coded_words.mjs";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const BUILT = here("../src/lippen/site/speak/built");

// BigInt, without which the elliptic curves cannot be written, is in Safari since 14; streams that transform, which
// age pipes through, since 14.1 and in Firefox since 102. Chrome has had both since 67.
const OLDEST = ["es2020", "chrome80", "firefox102", "safari14.1"];

const options = {
  absWorkingDir: here("."),
  alias: { "@noble/curves/nist.js": here("never_used.mjs"), "@noble/hashes/scrypt.js": here("never_used.mjs") },
  bundle: true,
  charset: "utf8",
  format: "esm",
  legalComments: "none",
  logLevel: "warning",
  metafile: true,
  minify: true,
  target: OLDEST,
};

// The packed words stand last: amid the program they part what gzip finds alike, and 61.0 kB became 62.9.
const WITH_WORDS = { footer: { js: `var CODED_WORDS=${JSON.stringify(codedWords())};` } };

async function write(entry, outfile) {
  const words = entry === "speak/page.ts" ? WITH_WORDS : {};
  return build({ ...options, ...words, entryPoints: [entry], outfile });
}

async function weigh(entry) {
  const { outputFiles, metafile } = await build({ ...options, ...WITH_WORDS, entryPoints: [entry], outfile: "out.js", write: false });
  const copies = new Set(
    Object.keys(metafile.inputs).flatMap((path) => path.match(/.*node_modules\/((@[^/]+\/)?[^/]+)\//)?.[0] ?? []),
  );
  const parts = Object.entries(Object.values(metafile.outputs)[0].inputs);
  console.log(`${entry}: ${size(outputFiles[0].contents)}, of ${copies.size} packages`);
  for (const [path, { bytesInOutput }] of parts.sort((one, other) => other[1].bytesInOutput - one[1].bytesInOutput)) {
    if (bytesInOutput > 0) console.log(`  ${String(bytesInOutput).padStart(7)}  ${path}`);
  }
}

function tell(name) {
  console.log(`${name}: ${size(readFileSync(`${BUILT}/${name}`))}`);
}

function size(bytes) {
  return `${bytes.length.toLocaleString("en")} bytes, ${gzipSync(bytes, { level: 9 }).length.toLocaleString("en")} after gzip`;
}

const bundles = { "speak/page.ts": "page.js", "speak/photographs.ts": "photographs.js", "speak/page.css": "page.css" };
for (const [entry, name] of Object.entries(bundles)) {
  await write(entry, `${BUILT}/${name}`);
  tell(name);
}
copyFileSync(here("speak/index.html"), `${BUILT}/index.html`);
tell("index.html");
// English comes within page.js.
for (const name of readdirSync(here("speak/languages")).filter((one) => one !== "en.json").sort()) {
  const words = JSON.parse(readFileSync(here(`speak/languages/${name}`), "utf8"));
  writeFileSync(`${BUILT}/${name}`, JSON.stringify(words));
  tell(name);
}
if (process.argv.includes("--weigh")) await weigh("speak/core.ts");
