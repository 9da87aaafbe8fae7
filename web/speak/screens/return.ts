// Coming back with the words. What she sent is never shown: somebody else may have found them.

import { longText } from "../choosing.ts";
import { button, make, paragraph, type Child } from "../element.ts";
import { toHex } from "../bytes.ts";
import { keysOf } from "../mailbox_keys.ts";
import type { Answer } from "../messages.ts";
import { destroyMailbox, readMailbox } from "../reaching.ts";
import { readReceipt, type Fault, type Secret } from "../receipt.ts";
import { openAnswer, PACKED } from "../sealing.ts";
import { alarms, breathe, howToLeave, texts, type Screen, type Stage } from "../stage.ts";
import { nothingTold } from "../telling.ts";
import type { Key } from "../words.ts";
import { desks } from "./desk.ts";
import { first } from "./first.ts";

const SLIPS: Readonly<Record<Fault, Key>> = {
  "too few": "return.count",
  "too many": "return.count",
  "unknown word": "return.unknown",
  "does not check": "return.mistake",
};

export const comeBack: Screen = (stage) => {
  const { place, tell } = alarms();
  let typed = "";
  let looking = false;
  const look = async (): Promise<void> => {
    const reading = readReceipt(typed);
    if (reading.fault !== undefined)
      return tell(stage.say(SLIPS[reading.fault], { word: reading.word ?? "" }));
    if (looking) return;
    looking = true;
    tell(stage.say("return.looking"));
    await breathe();
    const found = await answersFor(stage, reading.secret).catch(() => null);
    looking = false;
    if (!stage.isShowing(comeBack)) return;
    if (found === null) tell(stage.say("return.failed"));
    else stage.show(answers(reading.secret, found));
  };
  return {
    title: "return.title",
    body: [
      longText(stage.say("return.label"), false, "", 3, (words) => (typed = words), "none"),
      paragraph(stage.say("return.help")),
      place,
    ],
    buttons: [
      button(stage.say("return.look"), () => void look(), "main"),
      button(stage.say("back"), () => stage.show(first)),
    ],
  };
};

/** The newest first. A slot that no desk of the manifest signed is as if it were empty. */
async function answersFor(stage: Stage, secret: Secret): Promise<Answer[]> {
  const keys = keysOf(secret);
  const slots = await readMailbox(keys.id, keys.authenticator);
  const found: Answer[] = [];
  for (let from = 0; from < slots.length; from += PACKED) {
    for (const { id, signatures } of stage.manifest?.desks ?? []) {
      const expected = { desk: id, mailbox: toHex(keys.id), signatures };
      const answer = await openAnswer(keys.identity, slots.slice(from, from + PACKED), expected);
      if (answer !== null) found.push(answer);
    }
  }
  return found;
}

function answers(secret: Secret, found: readonly Answer[], sure = false): Screen {
  return (stage) => {
    const { place, tell } = alarms();
    const keys = keysOf(secret);
    const destroy = async (): Promise<void> => {
      try {
        await destroyMailbox(keys.id, keys.authenticator);
      } catch {
        return tell(stage.say("return.failed"));
      }
      stage.show(destroyed);
    };
    const more = (): void => {
      // One more than the newest that was answered. What is written without an answer between counts once.
      const number = 1 + Math.max(1, ...found.map((one) => one.number));
      const before = stage.manifest?.desks.find(({ id, open }) => open && id === found[0]?.desk);
      stage.telling = { ...nothingTold(), secret, number, desk: before?.id ?? "" };
      stage.show(desks);
    };
    return {
      title: "answers.title",
      body: [
        ...(found.length === 0 ? texts(stage, "answers.none") : found.map((one) => shown(stage, one))),
        ...texts(stage, "answers.later", ...(sure ? (["answers.sure"] as const) : [])),
        place,
      ],
      buttons: sure
        ? [
            button(stage.say("answers.destroy.yes"), () => void destroy(), "danger"),
            button(stage.say("answers.destroy.no"), () => stage.show(answers(secret, found))),
          ]
        : [
            button(stage.say("answers.more"), more),
            button(stage.say("answers.destroy"), () => stage.show(answers(secret, found, true))),
            button(stage.say("back"), () => stage.show(first)),
          ],
    };
  };
}

function shown(stage: Stage, answer: Answer): Child {
  const desk = stage.manifest?.desks.find(({ id }) => id === answer.desk)?.name ?? answer.desk;
  return make(
    "section",
    {},
    make("h2", {}, stage.say("answers.from", { desk })),
    make("p", { class: "words", dir: "auto" }, answer.text),
  );
}

const destroyed: Screen = (stage) => ({
  title: "answers.destroyed",
  body: [...texts(stage, "answers.destroyed.help", "done.leave"), ...howToLeave(stage)],
});
