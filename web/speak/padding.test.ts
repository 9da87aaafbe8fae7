import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded } from "../seeded.ts";
import { padme, padTo, TooLong, unpad } from "./padding.ts";

test("what is padded comes back, whatever it is and wherever it lies", () => {
  const random = seeded(7);
  for (let round = 0; round < 300; round += 1) {
    const bytes = random.bytes(random.below(120));
    const padded = padTo(bytes, 124);
    assert.equal(padded.length, 124);
    const within = new Uint8Array([9, 9, 9, ...padded, 9]).subarray(3, 127);
    assert.deepEqual([...unpad(within)!], [...bytes]);
  }
});

test("what does not fit is refused with the excess, and nothing of what it was", () => {
  const secret = new TextEncoder().encode("a secret");
  assert.equal(padTo(secret, 12).length, 12);
  assert.throws(
    () => padTo(secret, 11),
    (fault) => fault instanceof TooLong && fault.excess === 1 && !fault.message.includes("secret"),
  );
});

test("a length that leads beyond the end, or anything but zeros, is no padding", () => {
  for (const bytes of [
    [],
    [0, 0, 0],
    [0, 0, 0, 1],
    [255, 255, 255, 255, 0],
    [0, 0, 0, 0, 1],
    [0, 0, 0, 1, 7, 0, 1],
  ]) {
    assert.equal(unpad(new Uint8Array(bytes)), null);
  }
  assert.deepEqual(unpad(new Uint8Array(4)), new Uint8Array(0));
});

test("a Padmé length is at most 12 % more, never less, and its own Padmé length", () => {
  const random = seeded(8);
  for (let round = 0; round < 5000; round += 1) {
    const length = 2 + random.below(2 ** (2 + random.below(22)));
    const padded = padme(length);
    assert.ok(padded >= length && padded <= length * 1.12, `${length}: ${padded}`);
    assert.equal(padme(padded), padded);
    // Counted in bits, as the paper has it: the lowest are zero, and no more is added than they can hold.
    const exponent = length.toString(2).length - 1;
    const low = exponent - exponent.toString(2).length;
    assert.equal(low > 0 ? padded % 2 ** low : 0, 0);
    assert.ok(padded - length < 2 ** Math.max(0, low));
  }
});

test("lengths that are none are refused", () => {
  for (const length of [0, 1, -5, 2.5, NaN, Infinity]) assert.throws(() => padme(length), RangeError);
});
