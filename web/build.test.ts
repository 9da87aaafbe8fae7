import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { BUILT, bundled, COPIED, copied, gzipped, licences, SHIPPED } from "./build.mjs";
import { seeded } from "./seeded.ts";
import * as modules from "./speak/core.ts";
import { published } from "./vectors.ts";

type Core = typeof modules;

const imported = (bytes: Uint8Array) =>
  import(`data:text/javascript;base64,${Buffer.from(bytes).toString("base64")}`);

test("what is shipped is what web/ builds, to the byte", async () => {
  assert.ok(SHIPPED.length > 0);
  for (const { name, entry, place } of SHIPPED) {
    assert.equal(
      Buffer.compare((await bundled(entry)).bytes, readFileSync(place)),
      0,
      `${name}: run make web`,
    );
  }
  for (const { name, place } of COPIED) {
    assert.equal(Buffer.compare(copied(name), readFileSync(place)), 0, `${name}: run make web`);
  }
});

test("the licences of all that is bundled are shipped with it", async () => {
  const text = readFileSync(`${BUILT}/licences.txt`, "utf8");
  assert.equal(text, await licences());
  const { dependencies } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"));
  for (const name of Object.keys(dependencies))
    assert.ok(text.includes(`\n${name} ${dependencies[name]}\n`), name);
  assert.match(text, /Electronic Frontier Foundation[^]*Creative Commons Attribution 3.0/);
});

test("the page's core takes at most 55,000 bytes after gzip and holds each library once", async () => {
  const { bytes, modules: held } = await bundled("speak/core.ts");
  assert.ok(gzipped(bytes) <= 55_000, String(gzipped(bytes)));
  const places = [...held.keys()].filter((path) => path.includes("node_modules"));
  assert.ok(places.length > 10);
  for (const path of places) assert.equal(path.split("node_modules").length, 2, path);
  for (const path of places) assert.doesNotMatch(path, /nist|weierstrass|scrypt|armor|webauthn|dist\/x25519/);
  assert.doesNotMatch(new TextDecoder().decode(bytes), /KitchenSink|QSF-KEM|p256tag/);
});

test("no bundle asks for what the page's policy forbids, and none says where it was made", async () => {
  const here = new URL(".", import.meta.url).pathname;
  for (const entry of ["speak/core.ts", ...SHIPPED.map((one) => one.entry)]) {
    const text = new TextDecoder().decode((await bundled(entry)).bytes);
    assert.doesNotMatch(
      text,
      /\beval\(|\bFunction\(|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\bWorker\b/,
    );
    assert.doesNotMatch(text, /sourceMappingURL|localStorage|sessionStorage|indexedDB|\.cookie\b/);
    assert.equal(text.includes(here), false);
  }
});

test("the bundle, in the words of older browsers, and the modules open what the other sealed", async () => {
  const core: Core = await imported((await bundled("speak/core.ts")).bytes);
  const random = seeded(12);
  for (let round = 0; round < 5; round += 1) {
    const words = modules.toWords(random.secret());
    const secret = core.readReceipt(words.join(" ")).secret!;
    assert.deepEqual(core.toWords(secret), words);
    const keys = core.keysOf(secret);
    assert.equal(keys.identity, modules.keysOf(modules.readReceipt(words.join(" ")).secret!).identity);
    const report = modules.readReport(new TextEncoder().encode(published()["report"]!["text"]))!;
    const sealed = await core.sealReport(report, [await keys.recipient]);
    assert.deepEqual(await modules.openReport(keys.identity, sealed), report);
    const again = await modules.sealReport(report, [await keys.recipient]);
    assert.deepEqual(await core.openReport(keys.identity, again), report);
  }
  const { manifest, fingerprint } = published()["manifest"]!;
  const read = core.readManifest(new TextEncoder().encode(manifest), "2026-11-28");
  assert.equal(core.fingerprint(read.manifest!.key).join(" "), fingerprint);
});

test("what is left out of the bundle refuses to be used", async () => {
  const { p256, scrypt } = await import("./never_used.mjs");
  for (const used of [scrypt, p256.keygen, p256.getPublicKey, p256.getSharedSecret, p256.Point.fromBytes]) {
    assert.throws(used, /not in this bundle/);
  }
});
