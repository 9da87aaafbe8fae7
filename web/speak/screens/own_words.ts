// In her own words, as many as fit.

import { longText } from "../choosing.ts";
import { make, paragraph } from "../element.ts";
import { asOffered, isOffer, withLine } from "../offer.ts";
import type { Screen } from "../stage.ts";
import { roomLeft } from "../telling.ts";
import { question } from "./steps.ts";

const LITTLE = 500; // letters: from here on a screen reader is told

export const ownWords: Screen = (stage) => {
  const { telling } = stage;
  const room = make("p", { class: "room" });
  const tellRoom = (): void => {
    const letters = roomLeft(telling.text);
    room.textContent = stage.say(letters < 0 ? "text.full" : "text.room", { letters: Math.abs(letters) });
    room.setAttribute("aria-live", letters < LITTLE ? "polite" : "off");
  };
  tellRoom();
  const below = isOffer(telling.what);
  const text = below ? asOffered(telling.text).rest : telling.text;
  const field = longText(stage.say("text.title"), true, text, 9, (text) => {
    telling.text = below ? withLine(telling.text, "rest", text) : text;
    telling.hinted = false;
    tellRoom();
  });
  return question(stage, ownWords, "text.title", [paragraph(stage.say("text.help")), field, room], () => {
    const letters = roomLeft(telling.text);
    return letters < 0 ? stage.say("text.full", { letters: -letters }) : null;
  });
};
