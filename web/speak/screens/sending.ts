// Sending, told in words. When it fails, everything she wrote is still there.

import { button, make } from "../element.ts";
import { send } from "../sending.ts";
import { TooLong } from "../padding.ts";
import { alarm, breathe, lossOf, texts, type Screen, type Stage } from "../stage.ts";
import { nothingTold } from "../telling.ts";
import type { Key } from "../words.ts";
import { waysToReach } from "./first.ts";
import { deskName, readThrough } from "./read_through.ts";
import { done, receipt } from "./receipt.ts";

export const sending: Screen = (stage) => {
  const status = make("p", { role: "status", class: "status" });
  void sent(stage, status);
  return { title: "send.title", body: [status] };
};

async function sent(stage: Stage, status: HTMLElement): Promise<void> {
  const { telling } = stage;
  const ready = stage.proof;
  stage.proof = null; // it is taken once, whatever comes of it
  try {
    await send(telling, stage.language, ready, breathe, (at) => {
      status.textContent =
        at.at === "photo"
          ? stage.say("send.photo", { number: at.number, of: at.of })
          : stage.say(`send.${at.at}`);
    });
  } catch (fault) {
    // Somebody who has left meanwhile is shown nothing.
    if (stage.telling === telling)
      stage.show(notSent(fault instanceof TooLong ? "send.too_long" : lossOf(fault)));
    return;
  }
  if (stage.telling !== telling) return;
  const desk = deskName(stage);
  // Only what the next screens need is kept.
  stage.telling = {
    ...nothingTold(),
    secret: telling.secret,
    number: telling.number,
    answer: telling.answer,
  };
  stage.show(telling.answer && telling.number === 1 ? receipt(desk) : done(desk));
}

function notSent(why: Key): Screen {
  return (stage) => ({
    title: "send.failed",
    body: [alarm(stage.say(why)), ...texts(stage, "send.kept"), ...waysToReach(stage)],
    buttons: [
      button(stage.say("send.again"), () => stage.show(sending), "main"),
      button(stage.say("send.read"), () => stage.show(readThrough)),
    ],
  });
}
