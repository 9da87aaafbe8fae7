import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { contactsIn, without } from "./contacts.ts";
import { whenLeft, whileTyping } from "./hiding.ts";

interface Vector {
  text: string;
  without: string;
  contacts: string[];
}

const vectors: Vector[] = JSON.parse(
  readFileSync(new URL("../../tests/site/sightings/contact_vectors.json", import.meta.url), "utf8"),
);

/** What stands in a field after each key of a text was pressed, one by one, and the contacts taken out of it. */
function typed(text: string): { value: string; contacts: string[] } {
  let value = "";
  let caret = 0;
  const contacts: string[] = [];
  for (const sign of text) {
    value = value.slice(0, caret) + sign + value.slice(caret);
    const hidden = whileTyping(value, caret + sign.length);
    value = hidden.text;
    caret = hidden.caret;
    contacts.push(...hidden.contacts);
  }
  const left = whenLeft(value);
  return { value: left.text, contacts: [...contacts, ...left.contacts] };
}

test("each contact is found and taken out as the site does it", () => {
  assert.ok(vectors.length >= 40);
  for (const { text, without: expected, contacts } of vectors)
    assert.deepEqual(without(text), { text: expected, contacts }, text);
});

test("what was taken out is not found once more", () => {
  for (const { without: text } of vectors) assert.deepEqual(contactsIn(text), [], text);
});

test("a handle that is typed key by key is taken out whole, and nothing of it stays", () => {
  for (const handle of ["@wee.otter_12", "https://t.me/wee.otter_12", "snap: wee.otter_12", "wee.otter@mail.example"]) {
    const { value, contacts } = typed(`new in ${handle} tonight`);
    assert.match(value, /^new in (?:snap: )?\[handle\] tonight$/, handle);
    assert.equal(contacts.length, 1, handle);
  }
});

test("a handle that goes on behind a sign that cannot be seen is taken out whole when the field is left", () => {
  assert.equal(typed("dm @wee\u200botterzq tonight").value, "dm [handle] tonight");
});

test("a number that is typed with blanks between is taken out when the next word begins", () => {
  assert.equal(typed("ring 07700 900123 tonight").value, "ring [handle] tonight");
});

test("a handle that is still being typed stays until a blank or the end of the field", () => {
  assert.equal(whileTyping("dm @wee", 7).text, "dm @wee");
  assert.equal(whileTyping("dm @wee.", 8).text, "dm @wee.");
  assert.deepEqual(whileTyping("dm @wee. ", 9), { text: "dm [handle]. ", caret: 13, contacts: ["wee"] });
  assert.equal(whenLeft("dm @wee").text, "dm [handle]");
});

test("the caret stays where somebody writes, before and after what is taken out", () => {
  const before = whileTyping("x dm @wee_otter now", 1);
  assert.deepEqual([before.text, before.caret], ["x dm [handle] now", 1]);
  const after = whileTyping("dm @wee_otter now y", 19);
  assert.deepEqual([after.text, after.caret], ["dm [handle] now y", 17]);
});
