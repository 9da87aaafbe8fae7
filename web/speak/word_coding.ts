// How the words of receipts are packed: by arithmetic coding, each sign guessed bit by bit from those before it.
//
// The list is read in order. A word is a digit, how many letters of the word before fall away, and the
// letters that follow. Written out like this it is 16.5 kB after gzip; packed it is 12.1, with what unpacks
// it 12.6. Chances are worked out by +, x and / alone, which are the same to the last bit in every browser,
// and rounded before they are used.

const SIGNS = "aeiouybcdfghjklmnpqrstvwxz-0123456789";
const BITS = 6;
const SCALE = 65_536;
const CAUTION = 6; // how much less seen in a context counts than what is guessed without it

/**
 * What may foretell the next sign: the end of the word so far, or the letter that it must follow in the
 * order.
 */
function contextsOf(word: string, passed: string): string[] {
  const last = word.slice(-1);
  if (passed !== "")
    return ["p", `p${passed}`, `${word.length}p${passed}`, `p${passed}${last}`, `p${passed}${word.slice(-2)}`];
  const length = Math.min(word.length, 9);
  const [two, three] = [word.slice(-2), word.slice(-3)];
  return [
    "",
    `1${last}`,
    `f${word[0]}${length}`,
    `2${two}`,
    `${length}n${last}`,
    `3${three}`,
    `${length}n${two}`,
    `4${word.slice(-4)}`,
  ];
}

/**
 * Calls `step` with the chance in 65,536 that the next bit is set, takes the bit it gives, and reads on until
 * there are `count` words, giving each as it comes.
 */
export function* readThrough(count: number, step: (chance: number) => number): Generator<string, void> {
  // For each context how often each branch of the tree of signs was taken: two numbers a fork.
  const all: Record<string, number[]> = {};
  let words = 0;
  let word = "";
  let passed = "";
  while (words < count) {
    const seen = contextsOf(word, passed).map((one) => (all[one] ??= new Array<number>(2 << BITS).fill(0)));
    let fork = 1;
    while (fork < 1 << BITS) {
      let chance = 0.5;
      for (const times of seen) {
        const unset = times[2 * fork]!;
        const set = times[2 * fork + 1]!;
        if (unset + set === 0) continue;
        const weight = CAUTION * (unset > 0 && set > 0 ? 3 : 1) + 0.3;
        chance = (set + weight * chance) / (unset + set + weight);
      }
      const bit = step(Math.min(Math.max(Math.floor(chance * SCALE), 16), SCALE - 16));
      for (const times of seen) times[2 * fork + bit]! += 1;
      fork = 2 * fork + bit;
    }
    const sign = SIGNS[fork - (1 << BITS)] ?? "0";
    if (sign >= "a" || sign === "-") {
      word += sign;
      passed = "";
    } else {
      if (word !== "") {
        words += 1;
        yield word;
      }
      const kept = word.length - Number(sign);
      passed = word[kept] ?? "";
      word = word.slice(0, kept);
    }
  }
}

/** The bits of a sign, the most significant first. */
export function bitsOf(sign: string): number[] {
  return [...SIGNS.indexOf(sign).toString(2).padStart(BITS, "0")].map(Number);
}

/** The words in what `packWords` of coded_words.mjs made of them, one after the other. */
export function unpackWords(packed: Uint8Array, count: number): Generator<string, void> {
  let at = 0;
  const next = (): number => packed[at++] ?? 0;
  let range = 2 ** 32;
  let code = ((next() * 256 + next()) * 256 + next()) * 256 + next();
  return readThrough(count, (chance) => {
    const share = Math.floor(range / SCALE) * chance;
    const bit = code < share ? 1 : 0;
    if (bit === 0) code -= share;
    range = bit === 1 ? share : range - share;
    while (range < 2 ** 24) {
      code = code * 256 + next();
      range *= 256;
    }
    return bit;
  });
}
