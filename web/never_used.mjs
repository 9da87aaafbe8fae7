// Stands in the bundle for what the libraries can do and neither residents nor desks ask of them: NIST's
// curves, on which age knows keys that live in a security token, and scrypt, for files sealed with a
// passphrase. They would add 18 kB before gzip. The libraries look at lengths and names when they load;
// whatever came to use one would be stopped.

export function refuses() {
  throw new Error("not in this bundle");
}

function curve(scalar) {
  return {
    lengths: {
      seed: scalar * 1.5,
      secretKey: scalar,
      publicKey: scalar + 1,
      publicKeyUncompressed: 2 * scalar + 1,
    },
    Point: { Fn: {}, fromBytes: refuses },
    utils: { randomSecretKey: refuses },
    keygen: refuses,
    getPublicKey: refuses,
    getSharedSecret: refuses,
  };
}

export const p256 = curve(32);
export const p384 = curve(48);
export const scrypt = refuses;
