/** Signed notes, checkpoints and receipts in the C2SP forms: read, and their signature checked. */
import type { Hash } from './merkle';

const EMPTY = new Uint8Array();

export interface Key {
  name: string;
  /** The four bytes by which a signature line names its key. */
  id: Uint8Array;
  publicKey: Hash;
}

export interface Head {
  origin: string;
  size: number;
  root: Hash;
}

export interface Receipt {
  index: number;
  path: Hash[];
  note: string;
  entry: Uint8Array<ArrayBuffer>;
}

export const bytesOf = (text: string): Hash => {
  const raw = atob(text);
  return Uint8Array.from(raw, (one) => one.charCodeAt(0));
};

export const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** A key as text: `name+id+base64(1, 32 bytes)`; null when it is none we can use. */
export function keyOf(vkey: string): Key | null {
  const parts = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(vkey.trim());
  if (!parts) return null;
  const key = bytesOf(parts[3]!);
  if (key[0] !== 1 || key.length !== 33) return null;
  const id = Uint8Array.from(parts[2]!.match(/../g)!, (pair) => Number.parseInt(pair, 16));
  return { name: parts[1]!, id, publicKey: key.slice(1) };
}

/** The head that a key has signed in a note; null when it has not. */
export async function signedHead(note: string, key: Key): Promise<Head | null> {
  const split = note.indexOf('\n\n');
  if (split < 0) return null;
  const text = note.slice(0, split + 1);
  for (const line of note.slice(split + 2).split('\n')) {
    const found = /^— (\S+) (\S+)$/.exec(line);
    if (found?.[1] !== key.name) continue;
    const signed = bytesOf(found[2]!);
    if (signed.length !== 68 || !key.id.every((byte, index) => byte === signed[index])) continue;
    if (await isSigned(text, signed.slice(4), key)) return headOf(text);
  }
  return null;
}

async function isSigned(text: string, signature: Hash, key: Key): Promise<boolean> {
  const by = await crypto.subtle.importKey('raw', key.publicKey, 'Ed25519', false, ['verify']);
  return crypto.subtle.verify('Ed25519', by, signature, new TextEncoder().encode(text));
}

function headOf(text: string): Head | null {
  const [origin, size, root] = text.split('\n');
  if (!origin || !root || !/^(0|[1-9]\d{0,15})$/.test(size ?? '')) return null;
  return { origin, size: Number(size), root: bytesOf(root) };
}

/** A receipt taken apart, nothing checked; null when it is none. */
export function receiptOf(text: string): Receipt | null {
  const split = text.indexOf('\n\n');
  const [first, ...lines] = text.slice(0, Math.max(split, 0)).split('\n');
  if (split < 0 || first !== 'c2sp.org/tlog-proof@v1') return null;
  const extra = lines[0]?.startsWith('extra ') ? lines.shift()!.slice(6) : null;
  const index = /^index (0|[1-9]\d{0,15})$/.exec(lines.shift() ?? '');
  if (!index) return null;
  return {
    index: Number(index[1]),
    path: lines.map(bytesOf),
    note: text.slice(split + 2),
    entry: extra === null ? EMPTY : bytesOf(extra),
  };
}
