// The four short questions: what, roughly where, roughly when, is it still going on.

import { oneOf, type Option } from "../choosing.ts";
import { paragraph } from "../element.ts";
import { isOffer, toldAnew } from "../offer.ts";
import type { Screen, Stage } from "../stage.ts";
import { GOING_ON, NEAR, WHAT, WHEN } from "../telling.ts";
import type { Key } from "../words.ts";
import { question } from "./steps.ts";

function options<Code extends string>(
  stage: Stage,
  codes: readonly Code[],
  key: (code: Code) => Key,
): Option[] {
  return codes.map((value) => ({ value, name: stage.say(key(value)) }));
}

export const what: Screen = (stage) => {
  const { telling } = stage;
  const group = oneOf(
    stage.say("what.title"),
    true,
    options(stage, WHAT, (code) => `what.${code}`),
    telling.what,
    (value) => {
      telling.text = toldAnew(telling.text, telling.what, value);
      // A kind of place and a way to sell are two questions: the answer to one is none to the other.
      if (isOffer(telling.what) !== isOffer(value)) telling.near = "";
      telling.what = value;
    },
  );
  return question(stage, what, "what.title", [group], () => (telling.what === "" ? stage.say("pick") : null));
};

export const where: Screen = (stage) => {
  const { telling } = stage;
  const unsaid = { value: "", name: stage.say("where.unsaid") };
  const areas = stage.manifest?.areas.map(({ name }) => ({ value: name, name })) ?? [];
  return question(
    stage,
    where,
    "where.title",
    [
      paragraph(stage.say("where.help")),
      oneOf(
        stage.say("where.area"),
        false,
        [...areas, unsaid],
        telling.area,
        (value) => (telling.area = value),
      ),
      ...(isOffer(telling.what)
        ? []
        : [
            oneOf(
              stage.say("where.near"),
              false,
              [...options(stage, NEAR, (code) => `where.${code}`), unsaid],
              telling.near,
              (value) => (telling.near = value),
            ),
          ]),
    ],
    () => null,
  );
};

export const when: Screen = (stage) => {
  const { telling } = stage;
  const group = oneOf(
    stage.say("when.title"),
    true,
    options(stage, WHEN, (code) => `when.${code}`),
    telling.when,
    (value) => (telling.when = value),
  );
  return question(stage, when, "when.title", [group], () => (telling.when === "" ? stage.say("pick") : null));
};

export const goingOn: Screen = (stage) => {
  const { telling } = stage;
  const group = oneOf(
    stage.say("going_on.title"),
    true,
    options(stage, GOING_ON, (code) => `going_on.${code}`),
    telling.goingOn,
    (value) => (telling.goingOn = value),
  );
  return question(stage, goingOn, "going_on.title", [group], () =>
    telling.goingOn === "" ? stage.say("pick") : null,
  );
};
