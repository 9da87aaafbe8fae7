// A report that two are to open together: nothing of it is shown before a colleague has typed their words.

import type { Report } from "../speak/messages.ts";
import { box, byId, hide, say, send, show, valueOf } from "./dom.ts";
import type { Wrapped } from "./keys.ts";
import { opened, whenSent } from "./opening.ts";

/** Goes on at once, or where the resident asked for two, when a colleague's words opened a key of theirs. */
export async function whenTwo(report: Report, then: () => Promise<void> | void): Promise<void> {
  if (!report.conditions.together) return then();
  show("beside");
  byId("beside").querySelector("select")!.focus();
  whenSent("beside", async (form) => {
    const colleague = valueOf(form, "colleague");
    if (colleague === "") return say("Choose who sits beside you.");
    const answer = await send(`/desk/colleagues/${colleague}/keys/`, {});
    if (typeof answer === "string") return say(answer);
    const { keys } = (await answer.json()) as { keys: Wrapped[] };
    const theirs = await opened(keys, valueOf(form, "beside"));
    box(form, "beside").value = "";
    if (theirs.length === 0) return say("This passphrase opens none of your colleague's keys.");
    hide("beside");
    return then();
  });
}
