import { ed25519 } from "@noble/curves/ed25519.js";
import { Decrypter, Encrypter } from "age-encryption";
import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded } from "../seeded.ts";
import { ascii, joined, toHex } from "./bytes.ts";
import { identityOf, recipientOf, recipientText } from "./hybrid_keys.ts";
import { keysOf } from "./mailbox_keys.ts";
import { writeAnswer, type Answer, type Report } from "./messages.ts";
import { padme, padTo, TooLong } from "./padding.ts";
import {
  ANSWER,
  isSigned,
  openAnswer,
  openPhotograph,
  openReport,
  PACKED,
  packAnswer,
  REPORT,
  roomLeft,
  sealAnswer,
  sealPhotograph,
  sealReport,
  unpackAnswer,
} from "./sealing.ts";

const random = seeded(9);

const SHORT: Report = {
  v: 1,
  kind: "report",
  desk: "riverside",
  number: 1,
  language: "en",
  answers: { what: "", where: "", when: "", going_on: "" },
  text: "",
  conditions: { together: false, not_to: [], not_before: null },
  mailbox: null,
  photographs: [],
};

const KEYS = keysOf(random.secret());
const SIGNING = random.bytes(32);
const EXPECTED = { desk: "riverside", mailbox: toHex(KEYS.id), signatures: [ed25519.getPublicKey(SIGNING)] };
const THANKS: Answer = {
  v: 1,
  kind: "answer",
  desk: EXPECTED.desk,
  mailbox: EXPECTED.mailbox,
  number: 1,
  template: "thank-you",
  text: "Thank you.",
};

const people = (count: number) => Array.from({ length: count }, () => identityOf(random.bytes(32)));
const recipientsOf = (identities: string[]) => Promise.all(identities.map(recipientOf));

function stanzas(sealed: Uint8Array): string[] {
  return (
    new TextDecoder("latin1").decode(sealed.subarray(0, 6298)).match(/^-> mlkem768x25519 \S{1494}$/gm) ?? []
  );
}

test("a report has one length, whoever it is for and whatever it says, and each of them opens it", async () => {
  for (let count = 1; count <= 4; count += 1) {
    const identities = people(count);
    const report = { ...SHORT, text: "é".repeat(count * 1500), number: count };
    const sealed = await sealReport(report, await recipientsOf(identities));
    assert.equal(sealed.length, REPORT);
    assert.equal(stanzas(sealed).length, 4);
    for (const identity of identities) assert.deepEqual(await openReport(identity, sealed), report);
    assert.equal(await openReport(people(1)[0]!, sealed), null);
  }
});

test("the longest report that fits is sealed, and one byte more is refused before anything is", async () => {
  const recipients = await recipientsOf(people(1));
  const full = { ...SHORT, text: "x".repeat(roomLeft(SHORT)) };
  assert.equal(roomLeft(full), 0);
  assert.equal((await sealReport(full, recipients)).length, REPORT);
  await assert.rejects(sealReport({ ...full, text: `${full.text}x` }, recipients), TooLong);
});

test("a desk with no keys, with five, or with one cut short is refused", async () => {
  const five = await recipientsOf(people(5));
  for (const some of [[], five, [five[0]!.subarray(1)]])
    await assert.rejects(sealReport(SHORT, some), RangeError);
});

test("stanzas stand in an order drawn anew: a desk's own key comes to each place", async () => {
  const [identity] = people(1);
  const recipients = await recipientsOf([identity!]);
  const places = new Set<number>();
  for (let round = 0; places.size < 4 && round < 60; round += 1) {
    const sealed = await sealReport(SHORT, recipients);
    places.add(await placeThatOpens(identity!, sealed));
  }
  assert.deepEqual([...places].sort(), [0, 1, 2, 3]);
});

// Each stanza alone, under a MAC that is none: of the desk's own the MAC is all that is wrong.
async function placeThatOpens(identity: string, sealed: Uint8Array): Promise<number> {
  for (let place = 0; place < 4; place += 1) {
    const stanza = sealed.subarray(22 + 1557 * place, 22 + 1557 * (place + 1));
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    const header = joined(sealed.subarray(0, 22), stanza, ascii(`--- ${"A".repeat(43)}\n`));
    const fault = await decrypter.decryptHeader(header).catch((one: Error) => one.message);
    if (fault === "invalid header HMAC") return place;
  }
  return assert.fail("no stanza is the desk's");
}

test("any byte of a report that is changed makes it no report", async () => {
  const [identity] = people(1);
  const sealed = await sealReport(SHORT, await recipientsOf([identity!]));
  const places = [0, 21, 22, 40, 1600, 6249, 6250, 6297, 6298, 6313, 6314, REPORT - 1];
  for (const at of [...places, ...Array.from({ length: 20 }, () => random.below(REPORT))]) {
    const changed = sealed.slice();
    changed[at]! ^= 1;
    assert.equal(await openReport(identity!, changed), null, `byte ${at}`);
  }
  assert.equal(await openReport(identity!, sealed.subarray(1)), null);
  assert.equal(await openReport(identity!, joined(sealed, new Uint8Array(1))), null);
});

test("an envelope of the right length with anything but a report in it is no report", async () => {
  const identities = people(4);
  for (const text of [
    padTo(ascii("[1]"), 16_384),
    padTo(writeAnswer(THANKS), 16_384),
    random.bytes(16_384),
  ]) {
    const encrypter = new Encrypter();
    for (const recipient of await recipientsOf(identities)) encrypter.addRecipient(recipientText(recipient));
    const sealed = await encrypter.encrypt(text);
    assert.equal(sealed.length, REPORT);
    assert.equal(await openReport(identities[0]!, sealed), null);
  }
});

test("a photograph is sealed under a key of its own, and its length says little", async () => {
  for (const length of [0, 1, 16_380, 16_381, 65_532, 65_533, 300_000]) {
    const bytes = random.bytes(length);
    const { id, seed, sealed } = await sealPhotograph(bytes);
    const padded = Math.max(16_384, padme(4 + length));
    assert.deepEqual([id.length, seed.length], [16, 32]);
    assert.equal(sealed.length, 1643 + padded + 16 * Math.ceil(padded / 65_536));
    assert.deepEqual(await openPhotograph(seed, sealed), bytes);
    assert.equal(await openPhotograph(random.bytes(32), sealed), null);
  }
});

test("a photograph of 8 MiB less four bytes is the longest", async () => {
  const longest = new Uint8Array(8 * 1024 * 1024 - 4);
  assert.equal((await sealPhotograph(longest)).sealed.length, 1643 + 8 * 1024 * 1024 + 16 * 128);
  await assert.rejects(sealPhotograph(new Uint8Array(longest.length + 1)), TooLong);
});

test("an answer has one length, packs to one length, and opens from the slot", async () => {
  for (const text of ["", "Thank you.", "ü".repeat(1000)]) {
    const answer = { ...THANKS, text };
    const sealed = await sealAnswer(answer, SIGNING, await KEYS.recipient);
    const packed = packAnswer(sealed)!;
    assert.deepEqual([sealed.length, packed.length], [ANSWER, PACKED]);
    assert.deepEqual(unpackAnswer(packed), sealed);
    assert.deepEqual(await openAnswer(KEYS.identity, packed, EXPECTED), answer);
  }
  const tooLong = { ...THANKS, text: "x".repeat(4096) };
  await assert.rejects(sealAnswer(tooLong, SIGNING, await KEYS.recipient), TooLong);
});

test("a slot of random bytes, and one for somebody else, hold no answer", async () => {
  for (let round = 0; round < 5; round += 1) {
    assert.equal(await openAnswer(KEYS.identity, random.bytes(PACKED), EXPECTED), null);
  }
  assert.equal(await openAnswer(KEYS.identity, new Uint8Array(PACKED), EXPECTED), null);
  assert.equal(await openAnswer(KEYS.identity, new Uint8Array(0), EXPECTED), null);
  const packed = packAnswer(await sealAnswer(THANKS, SIGNING, await KEYS.recipient))!;
  assert.equal(await openAnswer(keysOf(random.secret()).identity, packed, EXPECTED), null);
});

test("an answer by another key, desk or version, or for another mailbox, is as good as none", async () => {
  const recipient = await KEYS.recipient;
  const slot = async (answer: Answer, seed = SIGNING) =>
    packAnswer(await sealAnswer(answer, seed, recipient))!;
  const others = [
    await slot(THANKS, random.bytes(32)),
    await slot({ ...THANKS, desk: "hill" }),
    await slot({ ...THANKS, mailbox: "00".repeat(16) }),
    await slot({ ...THANKS, v: 2 as 1 }),
    await slot({ ...THANKS, kind: "report" as "answer" }),
    await slot({ ...THANKS, text: 7 as unknown as string }),
  ];
  for (const packed of others) assert.equal(await openAnswer(KEYS.identity, packed, EXPECTED), null);
  const good = await slot(THANKS);
  assert.equal(await openAnswer(KEYS.identity, good, { ...EXPECTED, signatures: [] }), null);
  const several = { ...EXPECTED, signatures: [random.bytes(32), ...EXPECTED.signatures] };
  assert.deepEqual(await openAnswer(KEYS.identity, good, several), THANKS);
});

test("a signature for something else does not serve for an answer", async () => {
  const text = padTo(writeAnswer(THANKS), 4032);
  for (const prefix of ["", "lippen-speak/1 manifest\0", "lippen-speak/1 answer"]) {
    const signature = ed25519.sign(joined(ascii(prefix), text), SIGNING);
    const encrypter = new Encrypter();
    encrypter.addRecipient(recipientText(await KEYS.recipient));
    const packed = packAnswer(new Uint8Array(await encrypter.encrypt(joined(signature, text))))!;
    assert.equal(await openAnswer(KEYS.identity, packed, EXPECTED), null);
  }
});

test("only an answer's envelope is packed", async () => {
  const sealed = await sealAnswer(THANKS, SIGNING, await KEYS.recipient);
  // What packing leaves out has to be as it is put back: here each of those characters is another.
  for (const at of [0, 22, 39, 1534, 1578, 1582, 1626]) {
    const changed = sealed.slice();
    changed[at]! ^= 1;
    assert.equal(packAnswer(changed), null, `byte ${at}`);
  }
  // Base64 with bits beyond the last byte has a second way to write the same.
  const stray = sealed.slice();
  stray[1577] = stray[1577]! + 1;
  assert.equal(packAnswer(stray), null);
  assert.equal(packAnswer(sealed.subarray(1)), null);
  assert.throws(() => unpackAnswer(new Uint8Array(PACKED - 1)), RangeError);
});

test("signatures are those of RFC 8032 (7.1, test 2), to the letter", () => {
  const key = Buffer.from("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "hex");
  const signature = Buffer.from(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" +
      "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    "hex",
  );
  assert.equal(isSigned(signature, new Uint8Array([0x72]), key), true);
  assert.equal(isSigned(signature, new Uint8Array([0x73]), key), false);
  assert.equal(isSigned(signature.subarray(1), new Uint8Array([0x72]), key), false);
  assert.equal(isSigned(signature, new Uint8Array([0x72]), key.subarray(1)), false);
  // The neutral element as a key, under which a signature of zeros would hold for every message.
  const neutral = Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? 1 : 0));
  assert.equal(isSigned(joined(neutral, new Uint8Array(32)), ascii("anything"), neutral), false);
});

test("what goes wrong says nothing of keys or words", async () => {
  const report = { ...SHORT, text: "canary".repeat(5000) };
  const recipients = await recipientsOf(people(1));
  await assert.rejects(
    sealReport(report, recipients),
    (fault: Error) => !/canary|AGE-/i.test(`${fault.stack}`),
  );
  await assert.rejects(
    openPhotograph(new Uint8Array(7), new Uint8Array(9)),
    (fault: Error) => !/AGE-/i.test(`${fault.stack}`),
  );
});
