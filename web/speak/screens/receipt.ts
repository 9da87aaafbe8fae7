// The receipt: shown once, as a list to write down, and two of its words asked back. No file, no picture, no
// copying.

import { shortField } from "../choosing.ts";
import { button, make, paragraph } from "../element.ts";
import { toDigits, toWords, type Secret } from "../receipt.ts";
import { alarms, howToLeave, texts, type Screen } from "../stage.ts";

export function receipt(desk: string, asDigits = false): Screen {
  return (stage) => {
    const { secret } = stage.telling;
    if (secret === null) return done(desk)(stage);
    return {
      title: "receipt.title",
      body: [
        ...texts(stage, "receipt.help"),
        asDigits ? digits(secret) : words(secret),
        ...texts(
          stage,
          "receipt.keep",
          "receipt.lost",
          ...(asDigits ? [] : ["receipt.eighth" as const]),
          "receipt.when",
        ),
      ],
      buttons: [
        button(stage.say("receipt.hide"), () => stage.show(check(desk, asDigits, secret)), "main"),
        button(stage.say(asDigits ? "receipt.words" : "receipt.digits"), () =>
          stage.show(receipt(desk, !asDigits)),
        ),
      ],
    };
  };
}

// English words and western digits, from left to right in every language.
function words(secret: Secret): HTMLElement {
  return make(
    "ol",
    { class: "receipt", lang: "en", dir: "ltr" },
    ...toWords(secret).map((one) => make("li", {}, one)),
  );
}

function digits(secret: Secret): HTMLElement {
  const groups = toDigits(secret).match(/.{4}/g) ?? [];
  return make("p", { class: "receipt digits", dir: "ltr" }, groups.join(" "));
}

/** Two words asked back; with the digits there are no words to ask for. */
function check(desk: string, asDigits: boolean, secret: Secret): Screen {
  if (asDigits) return done(desk);
  const places = twoPlaces();
  const written = ["", ""];
  return (stage) => {
    const { place, tell } = alarms();
    const compare = (): void => {
      const right = toWords(secret);
      const slip = places.findIndex((at, which) => written[which]?.trim().toLowerCase() !== right[at]);
      if (slip < 0) stage.show(done(desk));
      else tell(stage.say("check.wrong", { number: places[slip]! + 1 }));
    };
    return {
      title: "check.title",
      body: [
        paragraph(stage.say("check.help")),
        ...places.map((at, which) =>
          shortField(stage.say("check.word", { number: at + 1 }), written[which] ?? "", (word) => {
            written[which] = word;
          }),
        ),
        place,
      ],
      buttons: [
        button(stage.say("check.check"), compare, "main"),
        button(stage.say("check.look"), () => stage.show(receipt(desk))),
        button(stage.say("check.skip"), () => stage.show(done(desk))),
      ],
    };
  };
}

/** Two of the seven places, in order. */
function twoPlaces(): [number, number] {
  for (;;) {
    const [one, other] = crypto.getRandomValues(new Uint8Array(2));
    const [low, high] = [one! % 7, other! % 7];
    if (low < high) return [low, high];
  }
}

export function done(desk: string): Screen {
  return (stage) => {
    const { answer, number } = stage.telling;
    stage.telling.secret = null;
    return {
      title: "done.title",
      body: [
        paragraph(stage.say("done.sent", { desk })),
        ...(answer ? (number > 1 ? texts(stage, "done.same") : []) : texts(stage, "done.one_way")),
        ...texts(stage, "done.leave"),
        ...howToLeave(stage),
      ],
    };
  };
}
