// Builds what the site ships from web/, the same to the byte each time: nothing in it says when, where or on
// what machine. `node build.mjs` writes the files; with `--weigh` it also says what the page's core weighs.

import { build } from "esbuild";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { codedWords, leftOut } from "./coded_words.mjs";
import { forenames } from "./forenames.mjs";
import { lighter } from "./lighter.mjs";
import { tradeWords } from "./trade_words.mjs";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

export const BUILT = here("../src/lippen/site/speak/built");

/** Where each bundle that is shipped lies, and the module that it begins with. */
export const SHIPPED = Object.entries({
  "page.js": "speak/page.ts",
  "photographs.js": "speak/photographs.ts",
  "page.css": "speak/page.css",
})
  .map(([name, entry]) => ({ name, entry, place: `${BUILT}/${name}` }))
  .concat(
    {
      name: "desk.js",
      entry: "desk/desk.ts",
      place: here("../src/lippen/site/desk/static/desk/desk.js"),
    },
    {
      name: "sightings.js",
      entry: "sightings/sightings.ts",
      place: here("../src/lippen/site/sightings/static/sightings/sightings.js"),
    },
  );

/**
 * What is shipped as it is: the page, and the words of each language but English, which come within page.js.
 */
export const COPIED = ["index.html", ...readdirSync(here("speak/languages")).sort()]
  .filter((name) => name !== "en.json")
  .map((name) => ({ name, place: `${BUILT}/${name}` }));

export function copied(name) {
  if (!name.endsWith(".json")) return readFileSync(here(`speak/${name}`));
  return Buffer.from(JSON.stringify(JSON.parse(readFileSync(here(`speak/languages/${name}`), "utf8"))));
}

// The packed words stand last: amid the program they part what gzip finds alike, and 61.0 kB became 62.9.
const WORDS = `var CODED_WORDS=${JSON.stringify(codedWords())};`;
const OF_DESK = { FORENAMES: forenames(), LEFT_OUT: leftOut(), TRADE_WORDS: tradeWords() };
const NAMES = Object.entries(OF_DESK).map(([name, words]) => `var ${name}=${JSON.stringify(words)};`).join("");

/**
 * What a bundle needs besides its modules: the words of receipts, and at a desk the names that a log may
 * hold, the words that no receipt has, and those for what is sold.
 */
function lists(entry) {
  if (entry.startsWith("desk/")) return { js: WORDS + NAMES };
  return entry === "speak/photographs.ts" || entry.startsWith("sightings/") ? {} : { js: WORDS };
}

// BigInt, without which the elliptic curves cannot be written, is in Safari since 14; streams that transform,
// which age pipes through, since 14.1 and in Firefox since 102. Chrome has had both since 67.
const OLDEST = ["es2020", "chrome80", "firefox102", "safari14.1"];

/** A bundle's bytes, and for each module in it how many of them it takes. */
export async function bundled(entry) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: here("."),
    alias: {
      "@noble/curves/nist.js": here("never_used.mjs"),
      "@noble/hashes/scrypt.js": here("never_used.mjs"),
    },
    bundle: true,
    charset: "utf8",
    entryPoints: [entry],
    footer: lists(entry),
    format: "esm",
    legalComments: "none",
    logLevel: "warning",
    metafile: true,
    minify: true,
    outfile: "bundle.js",
    plugins: [lighter],
    target: OLDEST,
    write: false,
  });
  const [output] = Object.values(metafile.outputs);
  const modules = Object.entries(output.inputs).map(([path, { bytesInOutput }]) => [path, bytesInOutput]);
  return { bytes: outputFiles[0].contents, modules: new Map(modules) };
}

/** The licences that ask to go along with what is in the bundles: of the libraries, and of the word list. */
export async function licences() {
  const held = await Promise.all(["speak/core.ts", "desk/desk.ts"].map((entry) => bundled(entry)));
  const packages = new Set(
    held
      .flatMap(({ modules }) => [...modules.keys()])
      .flatMap((path) => path.match(/^node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0] ?? []),
  );
  const texts = [...packages].sort().map((path) => {
    const { name, version } = JSON.parse(readFileSync(here(`${path}/package.json`), "utf8"));
    return `${name} ${version}\n\n${readFileSync(here(`${path}/LICENSE`), "utf8").trim()}\n`;
  });
  const words = readFileSync(here("../src/lippen/site/speak/eff_large_wordlist.licence.txt"), "utf8");
  return ["What runs in the browser holds these, each under its own licence.\n", ...texts, words].join("\n");
}

export function gzipped(bytes) {
  return gzipSync(bytes, { level: 9 }).length;
}

function say(name, bytes) {
  console.log(
    `${name}: ${bytes.length.toLocaleString("en")} bytes, ${gzipped(bytes).toLocaleString("en")} after gzip`,
  );
}

if (import.meta.main) {
  mkdirSync(BUILT, { recursive: true });
  writeFileSync(`${BUILT}/licences.txt`, await licences());
  for (const { name, entry, place } of SHIPPED) {
    const { bytes } = await bundled(entry);
    writeFileSync(place, bytes);
    say(name, bytes);
  }
  for (const { name, place } of COPIED) {
    writeFileSync(place, copied(name));
    say(name, copied(name));
  }
  if (process.argv.includes("--weigh")) {
    const { bytes, modules } = await bundled("speak/core.ts");
    say("speak/core.ts", bytes);
    for (const [path, weight] of [...modules].sort(([, one], [, other]) => other - one)) {
      if (weight > 0) console.log(`  ${String(weight).padStart(7)}  ${path}`);
    }
  }
}
