// Photographs: what is hidden in them is taken out on the phone. The code for it comes when a photograph is
// chosen.

import { button, make, paragraph } from "../element.ts";
import { alarms, texts, type Screen, type Stage } from "../stage.ts";
import { MOST_PHOTOGRAPHS } from "../messages.ts";
import type { Photograph } from "../telling.ts";
import { question } from "./steps.ts";

const LARGEST = 8_000_000; // bytes

export const photographs: Screen = (stage) => {
  const { telling } = stage;
  const { place, tell } = alarms();
  const id = "photographs";
  const pick: HTMLInputElement = make("input", {
    type: "file",
    id,
    accept: "image/jpeg,image/png,image/webp",
    multiple: true,
    change: () => {
      const files = [...(pick.files ?? [])];
      pick.value = ""; // the browser shows the names of files
      void add(stage, files).then((fault) => {
        if (!stage.isShowing(photographs)) return;
        if (fault === null) stage.showAgain();
        else {
          listed();
          tell(fault);
        }
      });
    },
  });
  const list = make("ul", { class: "list" });
  const listed = (): void => {
    list.textContent = "";
    list.append(...telling.photographs.map((one, at) => entry(stage, one, at)));
  };
  listed();
  return question(
    stage,
    photographs,
    "photos.title",
    [
      ...texts(stage, "photos.help", "photos.taken_out", "photos.stays"),
      list,
      make("div", { class: "field" }, make("label", { for: id }, stage.say("photos.add")), pick),
      place,
    ],
    () => null,
  );
};

function entry(stage: Stage, one: Photograph, at: number): HTMLElement {
  const { telling } = stage;
  const name = stage.say("photos.one", { number: at + 1, size: Math.ceil(one.bytes.length / 1000) });
  const remove = button(stage.say("photos.remove"), () => {
    telling.photographs.splice(at, 1);
    stage.showAgain();
  });
  remove.setAttribute("aria-label", `${stage.say("photos.remove")}: ${name}`);
  return make(
    "li",
    {},
    paragraph(name),
    ...(one.turned === 0 ? [] : [paragraph(stage.say("photos.turned"))]),
    remove,
  );
}

/** What went wrong, in words, or null. */
async function add(stage: Stage, files: readonly File[]): Promise<string | null> {
  const { telling } = stage;
  let strip: typeof import("../photographs.ts").strip;
  try {
    // Its address stands here and not a module's name: it is a file of its own beside the page's.
    const address = "/photographs.js";
    ({ strip } = (await import(address)) as typeof import("../photographs.ts"));
  } catch {
    return stage.say("photos.missing");
  }
  let fault: string | null = null;
  for (const file of files) {
    const stripped = file.size > LARGEST ? null : strip(new Uint8Array(await file.arrayBuffer()));
    // Asked once the file is read: she may have picked others meanwhile.
    if (telling.photographs.length >= MOST_PHOTOGRAPHS) return stage.say("photos.full");
    if (stripped === null || stripped.fault !== undefined) fault = stage.say("photos.refused");
    else telling.photographs.push({ bytes: stripped.bytes, type: stripped.type, turned: stripped.turned });
  }
  return fault;
}
