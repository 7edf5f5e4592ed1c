/** Several cases at once: pages, retries, outcomes, and what of it may be undone. */
import { expect, test } from 'vitest';
import { Unreachable } from '../ui/graphql';
import { type Batch, deliverBatch, doneOf, type Item, MOST_ITEMS, outcomeOf, refusedOf } from './batches';
import { type Fate, type Order, WAITS_MS } from './outbox';
import type { CaseLine, CommandForm, Payload } from './questions';

const order = (id: number): Order => ({
  id: `o${id}`, verb: 'acceptCase', on: { id: `c${id}`, number: `n${id}`, version: 1 }, values: {},
});
const orders = (count: number): Order[] => Array.from({ length: count }, (_, id) => order(id));
const at = (position: number): Payload => ({ event: { position: String(position), last: String(position), version: 2 }, userErrors: [] });
const no: Payload = { event: null, userErrors: [{ code: 'WRONG_STATE', message: 'no', messageZh: '否', facts: [] }] };

async function sent(count: number, bulk: boolean, send: (page: readonly Order[]) => Promise<Payload[]>) {
  const fates = new Map<string, Fate>();
  const pages: number[] = [];
  await deliverBatch(orders(count), bulk, (page) => {
    pages.push(page.length);
    return send(page);
  }, ({ id }, fate) => fates.set(id, fate), () => Promise.resolve());
  return { fates, pages };
}

test('a verb with a form for many goes in pages, every item is told its own end', async () => {
  const { fates, pages } = await sent(2 * MOST_ITEMS + 3, true, (page) =>
    Promise.resolve(page.map(({ id }) => (id.endsWith('7') ? no : at(9)))),
  );
  expect(pages).toEqual([MOST_ITEMS, MOST_ITEMS, 3]);
  expect(fates.size).toBe(2 * MOST_ITEMS + 3);
  expect(fates.get('o7')?.state).toBe('refused');
  expect(fates.get('o502')).toMatchObject({ state: 'committed', position: 9, version: 2 });
});

test('a verb without one goes case by case, and never twice', async () => {
  const seen: string[] = [];
  const { pages } = await sent(9, false, (page) => {
    seen.push(...page.map(({ id }) => id));
    return Promise.resolve(page.map(() => at(1)));
  });
  expect(pages).toEqual(Array(9).fill(1));
  expect(seen.sort()).toEqual(orders(9).map(({ id }) => id).sort());
});

test('a page whose answer is lost is sent again under the same ids, and given up in the end', async () => {
  const tries: string[] = [];
  const lost = await sent(2, true, (page) => {
    tries.push(page.map(({ id }) => id).join());
    return tries.length < 3 ? Promise.reject(new Unreachable('gone')) : Promise.resolve(page.map(() => at(4)));
  });
  expect(tries).toEqual(['o0,o1', 'o0,o1', 'o0,o1']);
  expect([...lost.fates.values()].map(({ state }) => state)).toEqual(['committed', 'committed']);
  const never = await sent(1, true, () => Promise.reject(new Unreachable('gone')));
  expect(never.pages.length).toBe(WAITS_MS.length + 1);
  expect(never.fates.get('o0')).toMatchObject({ state: 'failed', code: 'UNREACHABLE' });
});

test('outcomes are counted, refusals stand together, and only what was done may be undone', () => {
  const fates: Fate[] = [
    { state: 'committed', position: 7, version: 5, unchanged: false, case: null },
    { state: 'committed', position: 0, version: null, unchanged: true, case: null },
    { state: 'refused', errors: no.userErrors },
    { state: 'failed', code: 'UNREACHABLE', message: '' },
    { state: 'refused', errors: no.userErrors },
    { state: 'sending', attempt: 0 },
  ];
  const items = fates.map((fate, id): Item => ({ order: order(id), on: { id: `c${id}`, version: 1 } as CaseLine, fate }));
  const batch: Batch = { id: 'b', form: {} as CommandForm, items };
  expect(outcomeOf(batch)).toEqual({ sending: 1, done: 2, refused: 3, position: 7 });
  expect(refusedOf(batch).map(({ code, items: found }) => [code, found.length])).toEqual([['WRONG_STATE', 2], ['UNREACHABLE', 1]]);
  expect(doneOf(batch)).toEqual([{ id: 'c0', version: 5 }]);
});
