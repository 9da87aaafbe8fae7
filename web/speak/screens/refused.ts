// When the page cannot be trusted just now: it says so and how else to reach a desk. There is no other way to
// send.

import { button } from "../element.ts";
import { readManifest } from "../manifest.ts";
import { fetched } from "../reaching.ts";
import { danger, texts, type Screen, type Stage } from "../stage.ts";
import { today } from "../telling.ts";
import type { Key } from "../words.ts";
import { first, waysToReach } from "./first.ts";

function refused(why: Key, again: (() => void) | null): Screen {
  return (stage) => ({
    title: "refused.title",
    above: [danger(stage)],
    urgent: true,
    body: [
      ...texts(stage, "refused.lead", why, "refused.else"),
      ...(stage.expired === null ? [] : waysToReach(stage)),
    ],
    buttons: again === null ? [] : [button(stage.say("refused.again"), again, "main")],
  });
}

export function refuseBrowser(stage: Stage): void {
  stage.show(refused("refused.browser", null));
}

/** Shows `screen` once the manifest has come and holds; shows why not, if it does not. */
export async function whenManifest(stage: Stage, screen: Screen): Promise<void> {
  stage.arriving ??= fetchManifest(stage);
  await stage.arriving;
  if (stage.manifest !== null) stage.show(screen);
}

/** Fetches the manifest. What does not hold is shown in the place of whatever screen there was. */
export async function fetchManifest(stage: Stage): Promise<void> {
  let bytes: Uint8Array | null;
  try {
    bytes = await fetched("/manifest.json");
  } catch {
    stage.arriving = null;
    stage.show(refused("refused.network", () => void whenManifest(stage, first)));
    return;
  }
  const read = bytes === null ? null : readManifest(bytes, today());
  if (read !== null && read.fault === undefined) {
    stage.manifest = read.manifest;
  } else {
    stage.expired = read?.manifest ?? null;
    stage.show(refused("refused.manifest", null));
  }
}
