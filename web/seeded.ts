// Numbers that look random and are the same in each run, for tests over many cases (Marsaglia's xorshift).

import { Secret } from "./speak/receipt.ts";
import { WORDS } from "./speak/wordlist.ts";

export function seeded(seed: number): {
  below(limit: number): number;
  bytes(length: number): Uint8Array;
  secret(): Secret;
} {
  let state = seed | 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  return {
    below: (limit) => next() % limit,
    bytes: (length) => Uint8Array.from({ length }, () => next() >>> 24),
    secret() {
      let number = 0n;
      for (let drawn = 0; drawn < 7; drawn += 1) number = number * BigInt(WORDS) + BigInt(next() % WORDS);
      return new Secret(number);
    },
  };
}
