// Which desk: also one that is far from where she lives. Its keys are fetched and checked before anything is
// asked.

import { paragraph } from "../element.ts";
import { oneOf } from "../choosing.ts";
import { deskKeys } from "../manifest.ts";
import { fetched, NotReached } from "../reaching.ts";
import { type Screen, type Stage } from "../stage.ts";
import { question } from "./steps.ts";
import { waysTo } from "./first.ts";

export const desks: Screen = (stage) => {
  const open = stage.manifest?.desks.filter((desk) => desk.open) ?? [];
  const options = open.map((desk) => ({
    value: desk.id,
    name: desk.name,
    more: waysTo(stage, desk).map((way) => paragraph(...way)),
  }));
  const choose = (id: string): void => {
    stage.telling.desk = id;
    stage.telling.recipients = [];
  };
  return question(
    stage,
    desks,
    "desk.title",
    [
      paragraph(stage.say(stage.telling.number > 1 ? "desk.again" : "desk.help")),
      oneOf(stage.say("desk.title"), true, options, stage.telling.desk, choose),
      ...(options.length === 0 ? [paragraph(stage.say("refused.desk"))] : []),
    ],
    () => missing(stage),
  );
};

async function missing(stage: Stage): Promise<string | null> {
  const { desk, recipients } = stage.telling;
  if (stage.manifest === null || desk === "") return stage.say("pick");
  if (recipients.length > 0) return null;
  let bytes: Uint8Array | null;
  try {
    bytes = await fetched(`/desks/${encodeURIComponent(desk)}.json`);
  } catch (fault) {
    if (fault instanceof NotReached) return stage.say("send.lost");
    throw fault;
  }
  const keys = bytes === null ? null : deskKeys(stage.manifest, desk, bytes);
  if (keys === null || keys.fault !== undefined) return stage.say("refused.desk");
  // She may have chosen another one meanwhile.
  if (stage.telling.desk !== desk) return missing(stage);
  stage.telling.recipients = keys.recipients;
  return null;
}
