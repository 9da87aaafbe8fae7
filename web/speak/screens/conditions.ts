// What she asks of the desk, which goes with the report and binds whoever handles it.

import { shortField, tick } from "../choosing.ts";
import { make, paragraph } from "../element.ts";
import type { Screen } from "../stage.ts";
import { today } from "../telling.ts";
import { question } from "./steps.ts";

export const conditions: Screen = (stage) => {
  const { telling } = stage;
  const partners = stage.manifest?.partners ?? [];
  return question(
    stage,
    conditions,
    "conditions.title",
    [
      paragraph(stage.say("conditions.help")),
      tick(stage.say("conditions.together"), telling.together, (on) => (telling.together = on)),
      make(
        "fieldset",
        {},
        make("legend", {}, stage.say("conditions.not_to")),
        ...partners.map(({ id, name }) =>
          tick(name, telling.notTo.has(id), (on) => (on ? telling.notTo.add(id) : telling.notTo.delete(id))),
        ),
      ),
      shortField(
        stage.say("conditions.not_before"),
        "date",
        telling.notBefore,
        (day) => (telling.notBefore = day),
      ),
      // Who came back with a receipt goes on under it.
      ...(telling.number > 1
        ? []
        : [tick(stage.say("conditions.no_answer"), !telling.answer, (on) => (telling.answer = !on))]),
    ],
    () => (telling.notBefore !== "" && telling.notBefore <= today() ? stage.say("conditions.past") : null),
  );
};
