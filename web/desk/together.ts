// A report that two are to open together: nothing of it is shown before a colleague opened a key of theirs.

import type { Report } from "../speak/messages.ts";
import { box, formIn, hide, say, send, show, valueOf } from "./dom.ts";
import type { Held, Wrapped } from "./keys.ts";
import { opened, openedByPasskey, whenPressed, whenSent } from "./opening.ts";

/** Goes on at once, or where the resident asked for two, when a colleague opened a key of theirs beside. */
export async function whenTwo(report: Report, then: () => Promise<void> | void): Promise<void> {
  if (!report.conditions.together) return then();
  const form = formIn("beside");
  show("beside");
  form.querySelector("select")!.focus();
  const openedBy = async (way: string, open: (keys: Wrapped[]) => Promise<Held[] | string>) => {
    const colleague = valueOf(form, "colleague");
    if (colleague === "") return say("Choose who sits beside you.");
    const answer = await send(`/desk/colleagues/${colleague}/keys/`, {});
    if (typeof answer === "string") return say(answer);
    const theirs = await open(((await answer.json()) as { keys: Wrapped[] }).keys);
    box(form, "beside").value = "";
    if (typeof theirs === "string") return say(theirs);
    if (theirs.length === 0) return say(`This ${way} opens none of your colleague's keys.`);
    hide("beside");
    return then();
  };
  whenSent("beside", () => openedBy("passphrase", (keys) => opened(keys, valueOf(form, "beside"))));
  whenPressed("beside-passkey", () => openedBy("passkey", openedByPasskey));
}
