// The resident's page begins here: the text that stands without script gives way to the first screen.

// What it seals with stands first, and so the words stand beside the screens that say them: gzip looks back 32 kB.
import "./sealing.ts";
import { watchForLeaving } from "./leaving.ts";
import { Stage } from "./stage.ts";
import { first } from "./screens/first.ts";
import { fetchManifest, refuseBrowser } from "./screens/refused.ts";

const main = document.querySelector("main");
const leave = document.querySelector<HTMLElement>("#leave");
if (main === null || leave === null) throw new Error("the page is not whole");

const stage = new Stage(main, leave);
watchForLeaving(
  leave,
  () => stage.wipe(),
  () => stage.leaveFor(),
);

// Only a page over HTTPS, an onion address or this machine has it.
if (crypto.subtle === undefined) {
  refuseBrowser(stage);
} else {
  stage.show(first);
  stage.arriving = fetchManifest(stage);
}
