// The published vectors of the speak protocol: `node --import ./words_for_node.mjs vectors.ts` writes them to
// tests/site/speak/vectors.json. What is sealed is never twice the same, so it is kept from the file that is
// there as long as it opens to what it has to. Every key in it is for tests alone.

import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { ascii, joined, numberFrom, toBase64, toHex } from "./speak/bytes.ts";
import { identityOf, recipientOf } from "./speak/hybrid_keys.ts";
import { keysOf } from "./speak/mailbox_keys.ts";
import { deskNumber, fingerprint } from "./speak/manifest.ts";
import { writeAnswer, writeReport, type Answer, type Report } from "./speak/messages.ts";
import { padme, padTo } from "./speak/padding.ts";
import { strip } from "./speak/photographs.ts";
import { prove } from "./speak/proof.ts";
import { Secret, toDigits, toWords } from "./speak/receipt.ts";
import { WORDS } from "./speak/wordlist.ts";
import {
  openAnswer,
  openPhotograph,
  openReport,
  packAnswer,
  sealAnswer,
  sealPhotograph,
  sealReport,
} from "./speak/sealing.ts";
import { closeBox, keyOfPasskey, keyOfPassphrase, ownKeyMessage } from "./desk/wrapping.ts";
import { PICTURES, REFUSED } from "./test_pictures.ts";

const PLACE = new URL("../tests/site/speak/vectors.json", import.meta.url);

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "base64"));
const seedOf = (name: string) => sha256(ascii(`lippen test vector: ${name}`));
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

const NUMBERS = [0n, 1n, BigInt(WORDS) ** 7n - 1n, 2009n, numberFrom(seedOf("receipt").subarray(0, 11))];
const SECRET = new Secret(NUMBERS.at(-1)!);
const LENGTHS = [2, 3, 7, 8, 9, 100, 1000, 4096, 16_384, 16_385, 70_004, 1_000_000, 5_242_881, 8_388_608];

/** What is in the file already, or nothing. */
type Kept = { [part: string]: Record<string, string> };

export async function vectors(kept: Kept): Promise<Record<string, unknown>> {
  return {
    protocol: "docs/speak-protocol.md, version 1",
    receipt: NUMBERS.map(receipt),
    mailbox: await Promise.all(NUMBERS.map(mailbox)),
    desk: { id: "riverside", number: toHex(deskNumber("riverside")) },
    padding: ["", "a", "a longer text"].map((text) => ({
      text,
      total: 20,
      padded: toHex(padTo(ascii(text), 20)),
    })),
    padme: LENGTHS.map((length) => [length, padme(length)]),
    proof: await proof(),
    report: await report(kept["report"]),
    photograph: await photograph(kept["photograph"]),
    answer: await answer(kept["answer"]),
    manifest: await manifest(),
    wrapping: await wrapping(),
    stripped: PICTURES.map(({ what, bytes }) => {
      const after = strip(bytes);
      if (after.fault !== undefined) throw new Error(`${what}: ${after.fault}`);
      return {
        what,
        before: toBase64(bytes),
        after: toBase64(after.bytes),
        type: after.type,
        turned: after.turned,
      };
    }),
    refused: REFUSED.map(({ what, bytes }) => ({ what, bytes: toBase64(bytes), fault: strip(bytes).fault })),
  };
}

function receipt(number: bigint) {
  const secret = new Secret(number);
  return {
    secret: toHex(Secret.bytesOf(secret)),
    words: toWords(secret).join(" "),
    digits: toDigits(secret),
  };
}

async function mailbox(number: bigint) {
  const secret = new Secret(number);
  const keys = keysOf(secret);
  return {
    secret: toHex(Secret.bytesOf(secret)),
    id: toHex(keys.id),
    authenticator: toHex(keys.authenticator),
    identity: keys.identity,
    recipient: toBase64(await keys.recipient),
  };
}

async function proof() {
  const challenge = Uint8Array.from({ length: 40 }, (_, at) => at);
  const found = await prove(challenge, 8, async () => undefined);
  return { challenge: toHex(challenge), difficulty: 8, proof: toHex(found) };
}

async function written(): Promise<Report> {
  const keys = keysOf(SECRET);
  return {
    v: 1,
    kind: "report",
    desk: "riverside",
    number: 1,
    language: "gd",
    answers: { what: "a flat", where: "Mill Street", when: "most evenings", going_on: "since spring" },
    text: "Tha eagal orm – “they” know my sister. 🏠",
    conditions: { together: true, not_to: ["housing"], not_before: "2026-12-01" },
    mailbox: { id: toHex(keys.id), recipient: toBase64(await keys.recipient) },
    photographs: [
      { id: "00112233445566778899aabbccddeeff", seed: toBase64(seedOf("photograph")), type: "image/jpeg" },
    ],
  };
}

async function report(kept: Kept[string] | undefined) {
  const seed = seedOf("worker");
  const plain = await written();
  const text = textOf(writeReport(plain));
  const old = kept?.["sealed"] && (await openReport(identityOf(seed), bytesOf(kept["sealed"])));
  const sealed =
    old && textOf(writeReport(old)) === text
      ? kept["sealed"]
      : toBase64(await sealReport(plain, [await recipientOf(identityOf(seed))]));
  return { seed: toHex(seed), identity: identityOf(seed), text, sealed };
}

async function photograph(kept: Kept[string] | undefined) {
  const content = ascii("not a photograph, but of the length of a small one");
  const old = kept?.["sealed"] && (await openPhotograph(bytesOf(kept["seed"]!), bytesOf(kept["sealed"])));
  if (old && toHex(old) === toHex(content)) return kept;
  const { seed, sealed } = await sealPhotograph(content);
  return { seed: toBase64(seed), content: toBase64(content), sealed: toBase64(sealed) };
}

async function answer(kept: Kept[string] | undefined) {
  const keys = keysOf(SECRET);
  const signingSeed = seedOf("signature");
  const signature = ed25519.getPublicKey(signingSeed);
  const plain: Answer = {
    v: 1,
    kind: "answer",
    desk: "riverside",
    mailbox: toHex(keys.id),
    number: 1,
    template: "thank-you",
    text: "Thank you. Somebody has read this.",
  };
  const text = textOf(writeAnswer(plain));
  const expected = { desk: plain.desk, mailbox: plain.mailbox, signatures: [signature] };
  const old = kept?.["packed"] && (await openAnswer(keys.identity, bytesOf(kept["packed"]), expected));
  const sealed =
    old && textOf(writeAnswer(old)) === text
      ? bytesOf(kept["sealed"]!)
      : await sealAnswer(plain, signingSeed, await keys.recipient);
  return {
    secret: toHex(Secret.bytesOf(SECRET)),
    signing_seed: toHex(signingSeed),
    signature: toBase64(signature),
    text,
    sealed: toBase64(sealed),
    packed: toBase64(packAnswer(sealed)!),
  };
}

async function manifest() {
  const seed = seedOf("partnership");
  const key = ed25519.getPublicKey(seed);
  const recipients = [toBase64(await recipientOf(identityOf(seedOf("worker"))))];
  const keys = JSON.stringify({ desk: "riverside", recipients });
  const desk = {
    id: "riverside",
    name: "Riverside tenants' desk",
    serves: "Riverside and the Mill",
    telephone: "01632 960000",
    drop_in: "Thursdays 2 to 5, the hall",
    freepost: "Freepost RIVERSIDE DESK",
    keys: toHex(sha256(ascii(keys))),
    until: "2026-12-01",
    signatures: [toBase64(ed25519.getPublicKey(seedOf("signature")))],
  };
  const payload = ascii(
    JSON.stringify({
      v: 1,
      name: "Invermarrow Partnership",
      issued: "2026-11-01",
      expires: "2026-12-15",
      leave: "https://example.org/weather",
      files: { "page.js": toHex(sha256(ascii("a page"))) },
      desks: [desk, { ...desk, id: "hill", name: "Hill desk", until: "2026-11-15" }],
      partners: [{ id: "housing", name: "Housing" }],
      areas: [{ name: "Riverside", small_areas: [612, 744, 580] }],
    }),
  );
  const signature = ed25519.sign(joined(ascii("lippen-speak/1 manifest"), new Uint8Array(1), payload), seed);
  return {
    seed: toHex(seed),
    key: toHex(key),
    fingerprint: fingerprint(key).join(" "),
    manifest: JSON.stringify({
      payload: toBase64(payload),
      signature: toBase64(signature),
      key: toBase64(key),
    }),
    desk_keys: keys,
  };
}

// A worker's keys at rest. Nothing in it is drawn, so each program makes the very same boxes.
async function wrapping() {
  const [seed, signingSeed] = [seedOf("worker"), seedOf("signature")];
  const recipient = await recipientOf(identityOf(seed));
  const seeds = joined(seed, signingSeed);
  const passphrase = "abacus zoom yodel wreath violin";
  const [salt, nonce] = [seedOf("salt").slice(0, 16), seedOf("nonce").slice(0, 12)];
  const [output, point] = [new Uint8Array(seedOf("what a passkey gave")), new Uint8Array(seedOf("point"))];
  const typed = await keyOfPassphrase(passphrase, salt);
  const touched = keyOfPasskey(output, point, recipient);
  const [desk, person] = ["riverside", "hgfedcba98765432"];
  return {
    ...{ seed: toHex(seed), signing_seed: toHex(signingSeed), recipient: toBase64(recipient) },
    passphrase: {
      typed: `  ${passphrase.toUpperCase()} `,
      ...{ salt: toHex(salt), nonce: toHex(nonce), key: toHex(typed) },
      box: toHex(await closeBox(typed, nonce, recipient, seeds)),
    },
    passkey: {
      ...{ output: toHex(output), salt: toHex(point), nonce: toHex(nonce), key: toHex(touched) },
      box: toHex(await closeBox(touched, nonce, recipient, seeds)),
    },
    proof: { desk, person, signed: toHex(ed25519.sign(ownKeyMessage(desk, person, recipient), signingSeed)) },
  };
}

export function published(): Kept {
  return existsSync(PLACE) ? JSON.parse(readFileSync(PLACE, "utf8")) : {};
}

if (import.meta.main) writeFileSync(PLACE, `${JSON.stringify(await vectors(published()), null, 1)}\n`);
