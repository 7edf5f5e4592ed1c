/**
 * One verb for many cases: sent in few requests, decided for each, told for each.
 *
 * A verb that has a form for many goes 250 at a time, and the platform decides each item by
 * itself; one without goes case by case, a few at a time. Every item keeps an id of its own,
 * so a request that is sent again does nothing twice.
 */
import { deliverAll, type Fate, type Order } from './outbox';
import type { CaseLine, CommandForm, Payload } from './questions';

/** Items of one request, as the platform allows. */
export const MOST_ITEMS = 250;
/** Requests under way at once for a verb that has no form for many. */
const LANES = 4;

export interface Item {
  order: Order;
  on: CaseLine;
  fate: Fate;
}

export interface Batch {
  id: string;
  form: CommandForm;
  items: Item[];
}

export interface Outcome {
  sending: number;
  done: number;
  refused: number;
  /** The greatest position that any of them has; 0 before. */
  position: number;
}

export function outcomeOf({ items }: Batch): Outcome {
  const states = items.map(({ fate }) => fate.state);
  const positions = items.map(({ fate }) => (fate.state === 'committed' ? fate.position : 0));
  return {
    sending: states.filter((state) => state === 'sending').length,
    done: states.filter((state) => state === 'committed').length,
    refused: states.filter((state) => state === 'refused' || state === 'failed').length,
    position: Math.max(0, ...positions),
  };
}

/** The cases for which it was done, at the version that it left them at: what may be undone. */
export const doneOf = ({ items }: Batch): CaseLine[] =>
  items.flatMap(({ on, fate }) =>
    fate.state === 'committed' && !fate.unchanged ? [{ ...on, version: fate.version ?? on.version }] : [],
  );

/** The items that were not done, those with the same reason together, the most frequent first. */
export function refusedOf({ items }: Batch): { code: string; items: Item[] }[] {
  const by = new Map<string, Item[]>();
  for (const item of items) {
    const { fate } = item;
    if (fate.state !== 'refused' && fate.state !== 'failed') continue;
    const code = fate.state === 'failed' ? fate.code : fate.errors.map((error) => error.code).join(' ');
    by.set(code, [...(by.get(code) ?? []), item]);
  }
  return [...by].map(([code, found]) => ({ code, items: found })).sort((a, b) => b.items.length - a.items.length);
}

export type SendMany = (orders: readonly Order[]) => Promise<Payload[]>;

/** Send a batch to its end; `tell` hears what comes of each order. */
export async function deliverBatch(
  orders: readonly Order[],
  bulk: boolean,
  send: SendMany,
  tell: (order: Order, fate: Fate) => void,
  wait?: (milliseconds: number) => Promise<void>,
): Promise<void> {
  const pages = paged(orders, bulk ? MOST_ITEMS : 1);
  const lane = async (): Promise<void> => {
    for (let page = pages.shift(); page; page = pages.shift()) await deliverAll(page, send, tell, wait);
  };
  await Promise.all(Array.from({ length: bulk ? 1 : LANES }, lane));
}

function paged<T>(all: readonly T[], size: number): T[][] {
  const pages: T[][] = [];
  for (let from = 0; from < all.length; from += size) pages.push(all.slice(from, from + size));
  return pages;
}
