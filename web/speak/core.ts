// Everything that the resident's page may need at once: what is weighed as its core.

export * from "./manifest.ts";
export * from "./mailbox_keys.ts";
export * from "./messages.ts";
export * from "./padding.ts";
export * from "./proof.ts";
export * from "./receipt.ts";
export * from "./sealing.ts";
export * from "./wordlist.ts";
