export const SHIPPED: { name: string; entry: string; place: string }[];
export function bundled(entry: string): Promise<{ bytes: Uint8Array; modules: Map<string, number> }>;
export const BUILT: string;
export function licences(): Promise<string>;
export function gzipped(bytes: Uint8Array): number;
export const COPIED: { name: string; place: string }[];
export function copied(name: string): Buffer;
