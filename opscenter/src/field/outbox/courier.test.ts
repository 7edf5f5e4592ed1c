/** What of the server's answers is the end of an item, and what is only for now. */
import { afterEach, expect, test, vi } from 'vitest';
import { Refusal } from '../../ui/graphql';
import { courier } from './courier';
import type { Item } from './item';

const ITEM: Item = {
  id: '6f1c2a50-8d0e-4b57-9a57-0d5f2f3c4e11',
  verb: 'reportCase',
  who: 'acct:w1',
  made: Date.now(),
  title: { zh: '垃圾', en: 'Rubbish' },
  input: { category: '06010' },
  pictures: [],
} as unknown as Item;

function answering(code: string): void {
  const errors = [{ message: 'no', extensions: { code } }];
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(JSON.stringify({ errors }))));
}

afterEach(() => vi.unstubAllGlobals());

test.each(['UNAVAILABLE', 'THROTTLED', 'OVERLOADED'])('%s: it stays in the outbox', async (code) => {
  answering(code);
  await expect(courier.send(ITEM, [], 'token')).rejects.toBeInstanceOf(Refusal);
});

test('what the server will never take is a problem for its author', async () => {
  answering('FORBIDDEN');
  await expect(courier.send(ITEM, [], 'token')).resolves.toMatchObject({ problem: { code: 'FORBIDDEN' } });
});
