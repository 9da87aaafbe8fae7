type Refusal = () => never;
export const scrypt: Refusal;
export const p256: Record<"keygen" | "getPublicKey" | "getSharedSecret", Refusal> & {
  Point: { fromBytes: Refusal };
};
