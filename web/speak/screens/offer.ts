// Something for sale, in under a minute: what, how, in what words, at what price. Accounts and numbers are taken
// out as she types.

import { oneOf, shortField } from "../choosing.ts";
import { paragraph } from "../element.ts";
import { asOffered, CHANNELS, hidden, LINES, withLine } from "../offer.ts";
import type { Screen, Stage } from "../stage.ts";
import type { Key } from "../words.ts";
import { question } from "./steps.ts";

export const offer: Screen = (stage) => {
  const { telling } = stage;
  const fields = LINES.map((line) =>
    shortField(stage.say(`offer.${line}`), asOffered(telling.text)[line], (written, whole) => {
      const left = hidden(written, whole, stage.words);
      telling.text = withLine(telling.text, line, left);
      telling.hinted = false;
      return left;
    }),
  );
  const channels = [
    ...CHANNELS.map((value) => ({ value, name: stage.say(`where.${value}`) })),
    { value: "", name: stage.say("offer.unsaid") },
  ];
  const how = oneOf(stage.say("offer.how"), false, channels, telling.near, (value) => (telling.near = value));
  return question(stage, offer, "offer.title", [paragraph(stage.say("offer.help")), ...fields, how], () => {
    // A press on a button does not end a field everywhere.
    for (const line of LINES)
      telling.text = withLine(telling.text, line, hidden(asOffered(telling.text)[line], true, stage.words));
    const { product, words } = asOffered(telling.text);
    return product + words === "" ? stage.say("offer.none") : null;
  });
};

/** The lines as she reads them through, each with its name. */
export function offered(stage: Stage): string[] {
  const { text, near } = stage.telling;
  const told = asOffered(text);
  const lines = LINES.map((line) => (told[line] === "" ? "" : `${stage.say(`offer.${line}`)}: ${told[line]}`));
  return [...lines, near === "" ? "" : stage.say(`where.${near}` as Key)];
}
