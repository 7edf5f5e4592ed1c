/**
 * Check one event against a pinned head, step by step, in this browser.
 *
 * A head is pinned at the first check and kept here; every later head must hold it as its
 * beginning. So a log that was rewritten in between is found, whoever holds its key.
 */
import { count } from '../i18n';
import { type Hash, leafHash, rootFrom, rootOf, same, type Tiles } from './merkle';
import { bytesOf, type Head, hexOf, type Key, keyOf, type Receipt, receiptOf, signedHead } from './notes';

export const STEPS = ['receipt', 'key', 'signature', 'leaf', 'inclusion', 'pinned'] as const;
export type StepName = (typeof STEPS)[number];

export interface Step {
  name: StepName;
  ok: boolean;
  shows: Shown;
}

/** What was compared, for people who want to see it: a sentence of the screen's and what is code. */
export interface Shown {
  words?: 'headOf' | 'hashesLead' | 'firstPinned' | 'grownFrom';
  values?: Record<string, string>;
  code: string;
}

export interface Verdict {
  steps: Step[];
  /** The entry as it was hashed: JSON text. */
  entry: string;
  head: Head | null;
  pinned: Pin | null;
}

/** A head that this browser keeps, with the key it was signed with. */
export interface Pin {
  vkey: string;
  origin: string;
  size: number;
  root: string;
}

export const pinOf = (head: Head, vkey: string): Pin => ({
  vkey,
  origin: head.origin,
  size: head.size,
  root: hexOf(head.root),
});

/** Check a receipt's text; stops at the first step that fails. */
export async function check(
  text: string,
  position: number,
  vkey: string,
  pin: Pin | null,
  tiles: Tiles,
): Promise<Verdict> {
  const steps: Step[] = [];
  const verdict: Verdict = { steps, entry: '', head: null, pinned: pin };
  const took = (name: StepName, ok: boolean, shows: Shown): boolean => {
    steps.push({ name, ok, shows });
    return ok;
  };
  const receipt = receiptOf(text);
  if (!took('receipt', receipt !== null && receipt.index === position - 1, { code: `#${count(position)}` })) return verdict;
  verdict.entry = new TextDecoder().decode(receipt!.entry);
  const key = keyOf(pin?.vkey ?? vkey);
  const known = key !== null && (pin === null || pin.vkey === vkey);
  if (!took('key', known, { code: pin === null ? vkey : `${pin.vkey}${known ? '' : ` ≠ ${vkey}`}` })) return verdict;
  const head = await signedHead(receipt!.note, key!);
  const signed: Shown = head ? { words: 'headOf', values: { n: count(head.size) }, code: head.origin } : { code: '' };
  if (!took('signature', head !== null, signed)) return verdict;
  verdict.head = head;
  await included(receipt!, position, head!, took);
  if (steps.every(({ ok }) => ok)) await extendsPin(head!, pin, key!, vkey, tiles, verdict, took);
  return verdict;
}

type Took = (name: StepName, ok: boolean, shows: Shown) => boolean;

async function included(receipt: Receipt, position: number, head: Head, took: Took): Promise<void> {
  const leaf = await leafHash(receipt.entry);
  const stated = statedPosition(receipt.entry);
  if (!took('leaf', stated === position, { code: `SHA-256 ${hexOf(leaf)}` })) return;
  const root = await rootFrom(receipt.index, head.size, leaf, receipt.path);
  const led: Shown = { words: 'hashesLead', values: { n: count(receipt.path.length) }, code: hexOf(head.root) };
  took('inclusion', root !== null && same(root, head.root), led);
}

function statedPosition(entry: Uint8Array): number | null {
  try {
    const { position } = JSON.parse(new TextDecoder().decode(entry)) as { position?: number };
    return position ?? null;
  } catch {
    return null;
  }
}

/** The pinned head must be a beginning of this one, or the other way round. */
async function extendsPin(
  head: Head,
  pin: Pin | null,
  _key: Key,
  vkey: string,
  tiles: Tiles,
  verdict: Verdict,
  took: Took,
): Promise<void> {
  if (pin === null) {
    verdict.pinned = pinOf(head, vkey);
    took('pinned', true, { words: 'firstPinned', code: hexOf(head.root) });
    return;
  }
  const [older, newer] = [Math.min(pin.size, head.size), Math.max(pin.size, head.size)];
  const roots = await Promise.all([rootOf(older, newer, tiles), rootOf(newer, newer, tiles)]);
  const [first, second]: [string, string] = head.size >= pin.size
    ? [pin.root, hexOf(head.root)]
    : [hexOf(head.root), pin.root];
  const ok = pin.origin === head.origin && hexOf(roots[0]) === first && hexOf(roots[1]) === second;
  const grown: Shown = { words: 'grownFrom', values: { from: count(pin.size), to: count(head.size) }, code: '' };
  if (took('pinned', ok, grown) && head.size > pin.size)
    verdict.pinned = pinOf(head, vkey);
}

/** The path of a tile by the rules of tlog-tiles: groups of three digits. */
export function tilePath(level: number, number: number, width: number): string {
  const groups: string[] = [];
  for (let rest = number, last = true; last || rest > 0; rest = Math.floor(rest / 1000), last = false)
    groups.unshift(`${groups.length === 0 ? '' : 'x'}${String(rest % 1000).padStart(3, '0')}`);
  return `${level}/${groups.join('/')}${width === 256 ? '' : `.p/${width}`}`;
}

/** Tiles of the server, each asked for once. */
export function tilesOf(fetching: typeof fetch): Tiles {
  const known = new Map<string, Promise<Uint8Array>>();
  return (level, number, width) => {
    const path = `/log/tile/${tilePath(level, number, width)}`;
    const found = known.get(path) ?? fetching(path).then(bytes);
    known.set(path, found);
    return found;
  };
}

async function bytes(answer: Response): Promise<Uint8Array> {
  if (!answer.ok) throw new Error(`${answer.url} ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

const KEY = 'quanke.pin';

/** The pins of this browser, one for each log. */
export function readPins(storage: Storage): Pin[] {
  try {
    return JSON.parse(storage.getItem(KEY) ?? '[]') as Pin[];
  } catch {
    return [];
  }
}

export function keepPin(storage: Storage, pin: Pin): void {
  const others = readPins(storage).filter(({ origin }) => origin !== pin.origin);
  storage.setItem(KEY, JSON.stringify([...others, pin]));
}

export const dropPins = (storage: Storage): void => storage.removeItem(KEY);

export { bytesOf, type Hash };
