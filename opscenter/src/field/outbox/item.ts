/**
 * One thing to send: a command with its pictures, from the tap on "send" to the receipt.
 *
 * Its id is the command's own id, made on the device, so that however often it is sent it is
 * done once. It is `arrived` only with a position of the log; until then nobody is told that
 * it was submitted.
 */
export type State = 'waiting' | 'arrived' | 'refused';

/** What the server keeps of a picture; `sha256` is what a command names. */
export interface Sent {
  id: string;
  sha256: string;
}

export interface Picture {
  /** The device's own id of the upload. */
  upload: string;
  kind: 'before' | 'after' | 'other';
  sent: Sent | null;
}

export interface Receipt {
  position: string;
  /** The number people know the case by; null until the read model has shown it. */
  number: string | null;
  case: string | null;
  at: number;
}

export interface Problem {
  code: string;
  zh: string;
  en: string;
}

export interface Item {
  id: string;
  verb: string;
  /** When it was written, milliseconds since 1970 on the device's clock. */
  made: number;
  /** The account that wrote it; null for a resident, who gets an id for this item alone. */
  who: string | null;
  token: string | null;
  /** What the list calls it. */
  title: { zh: string; en: string };
  /** The command's input without ids and evidence. */
  input: Record<string, unknown>;
  pictures: Picture[];
  state: State;
  tries: number;
  /** Not to be tried again before. */
  after: number;
  receipt: Receipt | null;
  problem: Problem | null;
}

export type Draft = Pick<Item, 'verb' | 'who' | 'title' | 'input'> & { token?: string | null };

const LONGEST_WAIT_MS = 60_000;

export function written(draft: Draft, pictures: Picture[], id: string, now: number): Item {
  return {
    ...draft, id, pictures, made: now, token: draft.token ?? null,
    state: 'waiting', tries: 0, after: 0, receipt: null, problem: null,
  }; // prettier-ignore
}

/** It could not be sent now: later, and each time a little later. */
export function postponed(item: Item, now: number): Item {
  const wait = Math.min(LONGEST_WAIT_MS, 1_000 * 2 ** Math.min(item.tries, 10));
  return { ...item, tries: item.tries + 1, after: now + wait };
}

/** The server understood and said no: it keeps its words and pictures for correction. */
export const refused = (item: Item, problem: Problem): Item => ({
  ...item,
  state: 'refused',
  problem,
});

export const arrived = (item: Item, receipt: Receipt): Item => ({
  ...item,
  state: 'arrived',
  receipt,
  problem: null,
});

/** The pictures have to be sent again: the server no longer has them. */
export const unsent = (item: Item): Item => ({
  ...item,
  pictures: item.pictures.map((one) => ({ ...one, sent: null })),
});

export const pictured = (item: Item, upload: string, sent: Sent): Item => ({
  ...item,
  pictures: item.pictures.map((one) => (one.upload === upload ? { ...one, sent } : one)),
});

/** What the command says of its pictures. */
export const evidence = (item: Item): { sha256: string; kind: string }[] =>
  item.pictures.flatMap(({ sent, kind }) => (sent ? [{ sha256: sent.sha256, kind }] : []));
