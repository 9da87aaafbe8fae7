import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded } from "../seeded.ts";
import { CANARY, PICTURES, REFUSED } from "../test_pictures.ts";
import { strip, type Stripped } from "./photographs.ts";

const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");

function stripped(bytes: Uint8Array): Stripped {
  const outcome = strip(bytes);
  assert.equal(outcome.fault, undefined);
  return outcome as Stripped;
}

test("of what a camera, a telephone or an editor wrote beside the picture nothing is left", () => {
  for (const { what, bytes } of PICTURES) {
    const text = textOf(stripped(bytes).bytes);
    for (const trace of [
      CANARY,
      CANARY.slice(0, 12),
      "Exif",
      "xmp",
      "ICC",
      "iCCP",
      "ftyp",
      "tEXt",
      "pHYs",
      "JFXX",
      "MPF",
    ]) {
      assert.equal(text.includes(trace), false, `${what}: ${trace}`);
    }
  }
});

test("stripping what is stripped changes nothing", () => {
  for (const { what, bytes } of PICTURES) {
    const once = stripped(bytes);
    assert.deepEqual(stripped(once.bytes), { ...once, turned: 0 }, what);
  }
});

test("how the camera was held is told, because the picture no longer does", () => {
  const turned = PICTURES.filter(({ bytes }) => stripped(bytes).turned !== 0);
  assert.deepEqual(
    turned.map(({ bytes }) => stripped(bytes).turned),
    [90, 180, 270, 90],
  );
});

test("what is no photograph of a known kind, or not a whole one, is refused", () => {
  const faults = Object.fromEntries(REFUSED.map(({ what, bytes }) => [what, strip(bytes).fault]));
  assert.deepEqual(faults, {
    nothing: "kind",
    "a GIF": "kind",
    "a telephone's own kind": "kind",
    "a drawing that could hold a script": "kind",
    "a page for printing": "kind",
    "a JPEG that ends too early": "damaged",
    "a JPEG of its first three bytes": "damaged",
    "a JPEG with nothing drawn": "damaged",
    "a PNG that ends too early": "damaged",
    "a PNG that does not begin with its size": "damaged",
    "a WebP that is longer than the file": "damaged",
    "a WebP with nothing drawn": "damaged",
    "a WebP that moves": "moving",
  });
});

test("a picture cut anywhere is refused", () => {
  for (const { what, bytes } of PICTURES) {
    const whole = stripped(bytes).bytes;
    for (let length = 0; length < whole.length; length += 7) {
      assert.notEqual(strip(whole.subarray(0, length)).fault, undefined, `${what}, ${length}`);
    }
  }
});

test("bytes changed anywhere end in a picture that is stripped or in a refusal, never in an error", () => {
  const random = seeded(11);
  for (const { what, bytes } of PICTURES) {
    for (let round = 0; round < 300; round += 1) {
      const changed = bytes.slice();
      // Lengths and names of parts stand in between: two bytes can make one part swallow another.
      for (let times = 0; times < 2; times += 1) changed[random.below(changed.length)] = random.below(256);
      const outcome = strip(changed);
      if (outcome.fault === undefined) assert.deepEqual(stripped(outcome.bytes).bytes, outcome.bytes, what);
    }
  }
});
