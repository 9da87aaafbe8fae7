// Stands in the bundles for age's list of its kinds of keys: the hybrid kind as it is, and in the place of every
// other what refuses.

export { HybridIdentity, HybridRecipient } from "./node_modules/age-encryption/dist/recipients.js";
import { refuses } from "./never_used.mjs";

export {
  refuses as generateHybridIdentity,
  refuses as generateIdentity,
  refuses as generateX25519Identity,
  refuses as HybridTagRecipient,
  refuses as identityToRecipient,
  refuses as ScryptIdentity,
  refuses as ScryptRecipient,
  refuses as TagRecipient,
  refuses as X25519Identity,
  refuses as X25519Recipient,
};
