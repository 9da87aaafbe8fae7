import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import { published } from "../vectors.ts";
import { ascii, joined, toBase64, toHex } from "./bytes.ts";
import { deskKeys, fingerprint, readManifest, type Manifest } from "./manifest.ts";

const SEED = sha256(ascii("a partnership"));
const VECTOR = published()["manifest"]!;
const KEYS = ascii(VECTOR["desk_keys"]!);
const PAYLOAD = JSON.parse(Buffer.from(JSON.parse(VECTOR["manifest"]!).payload, "base64").toString());

function signed(payload: unknown, seed = SEED, domain = "lippen-speak/1 manifest\0"): Uint8Array {
  const bytes = ascii(typeof payload === "string" ? payload : JSON.stringify(payload));
  const signature = ed25519.sign(joined(ascii(domain), bytes), seed);
  const key = ed25519.getPublicKey(seed);
  return ascii(
    JSON.stringify({ payload: toBase64(bytes), signature: toBase64(signature), key: toBase64(key) }),
  );
}

function read(payload: unknown, today = "2026-11-28"): Manifest {
  const { fault, manifest } = readManifest(signed(payload), today);
  assert.equal(fault, undefined);
  return manifest!;
}

test("a manifest says which desks are open on the day", () => {
  const manifest = read(PAYLOAD);
  assert.deepEqual(
    manifest.desks.map(({ id, open }) => [id, open]),
    [
      ["riverside", true],
      ["hill", false],
    ],
  );
  assert.deepEqual(
    read(PAYLOAD, "2026-12-01").desks.map(({ open }) => open),
    [false, false],
  );
  assert.deepEqual(
    read(PAYLOAD, "2026-11-14").desks.map(({ open }) => open),
    [true, true],
  );
  assert.equal(manifest.name, "Invermarrow Partnership");
  assert.deepEqual(manifest.areas, [{ name: "Riverside", small_areas: [612, 744, 580] }]);
  assert.deepEqual(fingerprint(manifest.key), fingerprint(ed25519.getPublicKey(SEED)));
});

test("one that has run out is told as such, and still says how else to reach a desk", () => {
  const outcome = readManifest(signed(PAYLOAD), "2026-12-15");
  assert.equal(outcome.fault, "expired");
  assert.equal(outcome.manifest?.desks[0]?.telephone, "01632 960000");
  assert.equal(readManifest(signed(PAYLOAD), "2026-12-14").fault, undefined);
});

test("any change to what is signed, by whom or for what, and nothing of it is believed", () => {
  const fields = JSON.parse(new TextDecoder().decode(signed(PAYLOAD)));
  const other = JSON.parse(new TextDecoder().decode(signed(PAYLOAD, sha256(ascii("somebody else")))));
  const forged = { ...PAYLOAD, desks: [{ ...PAYLOAD.desks[0], until: "2036-12-01" }] };
  const cases = [
    { ...fields, payload: toBase64(ascii(JSON.stringify(forged))) },
    { ...fields, key: other.key },
    { ...fields, signature: other.signature },
  ];
  for (const one of cases) {
    assert.deepEqual(readManifest(ascii(JSON.stringify(one)), "2026-11-28"), { fault: "not signed" });
  }
  for (const domain of ["", "lippen-speak/1 answer\0", "lippen-speak/1 manifest"]) {
    assert.deepEqual(readManifest(signed(PAYLOAD, SEED, domain), "2026-11-28"), { fault: "not signed" });
  }
});

test("what is not written as a manifest is unreadable, signed or not", () => {
  const fields = JSON.parse(new TextDecoder().decode(signed(PAYLOAD)));
  const unsigned: unknown[] = [
    null,
    [],
    {},
    { ...fields, more: 1 },
    { ...fields, key: "AA==" },
    { ...fields, payload: "%" },
  ];
  for (const one of unsigned)
    assert.equal(readManifest(ascii(JSON.stringify(one)), "2026-11-28").fault, "unreadable");
  const [desk] = PAYLOAD.desks;
  const payloads: unknown[] = [
    "no JSON",
    [],
    { ...PAYLOAD, v: 2 },
    { ...PAYLOAD, expires: "soon" },
    { ...PAYLOAD, leave: "javascript:alert(1)" },
    { ...PAYLOAD, leave: "http://example.org/" },
    { ...PAYLOAD, files: { "page.js": "short" } },
    { ...PAYLOAD, desks: {} },
    { ...PAYLOAD, desks: [{ ...desk, telephone: 999 }] },
    { ...PAYLOAD, desks: [{ ...desk, keys: undefined }] },
    { ...PAYLOAD, desks: [{ ...desk, until: "2026-02-30" }] },
    { ...PAYLOAD, desks: [{ ...desk, signatures: ["AA=="] }] },
    { ...PAYLOAD, partners: [{ id: "x" }] },
    { ...PAYLOAD, areas: [{ name: "x", small_areas: [-1] }] },
    { ...PAYLOAD, areas: [{ name: "x", small_areas: [0.5] }] },
  ];
  for (const one of payloads) {
    assert.deepEqual(readManifest(signed(one), "2026-11-28"), { fault: "unreadable" }, JSON.stringify(one));
  }
});

test("a desk's keys are those that the manifest names, for an open desk, one to four of them", () => {
  const manifest = read(PAYLOAD);
  assert.equal(deskKeys(manifest, "riverside", KEYS).recipients?.[0]?.length, 1216);
  assert.equal(deskKeys(manifest, "nowhere", KEYS).fault, "no such desk");
  assert.equal(deskKeys(manifest, "hill", KEYS).fault, "closed");
  assert.equal(deskKeys(manifest, "riverside", joined(KEYS, ascii(" "))).fault, "other keys");
  const one = toBase64(new Uint8Array(1216));
  const files = [
    "no JSON",
    JSON.stringify({ desk: "hill", recipients: [one] }),
    JSON.stringify({ desk: "riverside", recipients: [] }),
    JSON.stringify({ desk: "riverside", recipients: [one, one, one, one, one] }),
    JSON.stringify({ desk: "riverside", recipients: [one, "AA=="] }),
    JSON.stringify({ desk: "riverside", recipients: one }),
  ];
  for (const file of files) {
    const named = read({ ...PAYLOAD, desks: [{ ...PAYLOAD.desks[0], keys: toHex(sha256(ascii(file))) }] });
    assert.equal(deskKeys(named, "riverside", ascii(file)).fault, "unreadable", file.slice(0, 40));
  }
});
