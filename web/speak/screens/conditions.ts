// What she asks of the desk, which goes with the report and binds whoever handles it.

import { shortField, tick } from "../choosing.ts";
import { make, paragraph, type Child } from "../element.ts";
import { texts, type Screen, type Stage } from "../stage.ts";
import { canWaitFor, dayIn, LONGEST_WAIT } from "../telling.ts";
import { question } from "./steps.ts";

export const conditions: Screen = (stage) => {
  const { telling } = stage;
  return question(
    stage,
    conditions,
    "conditions.title",
    [
      // What she asked for the first time is sealed to the desk: the page cannot know it.
      ...(telling.number > 1 ? texts(stage, "conditions.again") : []),
      paragraph(stage.say("conditions.help")),
      ...mustNotSee(stage),
      tick(stage.say("conditions.together"), telling.together, (on) => (telling.together = on)),
      shortField(
        stage.say("conditions.not_before"),
        telling.notBefore,
        (day) => (telling.notBefore = day),
        { type: "date", min: dayIn(1), max: dayIn(LONGEST_WAIT) },
      ),
      paragraph(stage.say("conditions.longest")),
      ...(stage.language === "en"
        ? []
        : [
            tick(
              stage.say("conditions.language"),
              telling.tellLanguage,
              (on) => (telling.tellLanguage = on),
            ),
          ]),
      // Who came back with a receipt goes on under it.
      ...(telling.number > 1
        ? []
        : [tick(stage.say("conditions.no_answer"), !telling.answer, (on) => (telling.answer = !on))]),
    ],
    () => (canWaitFor(telling.notBefore) ? null : stage.say("conditions.past")),
  );
};

/** Who asks for nothing lets all of them see it, the police too. */
export function mustNotSee(stage: Stage): Child[] {
  const { notTo } = stage.telling;
  const partners = stage.manifest?.partners ?? [];
  return [
    paragraph(stage.say("conditions.note")),
    make(
      "fieldset",
      {},
      make("legend", {}, stage.say("conditions.not_to")),
      ...partners.map(({ id, name }) =>
        tick(name, notTo.has(id), (on) => (on ? notTo.add(id) : notTo.delete(id))),
      ),
    ),
  ];
}
