import { describe, expect, test, vi } from 'vitest';
import { attention, type Known } from './attention';
import { documentOf, newKey, send } from './sending';
import { WORDS } from './words';

const answering = (body: unknown) =>
  vi.stubGlobal('fetch', vi.fn(async () => new Response(JSON.stringify(body))));

describe('a command of the office', () => {
  test('is the mutation of its name, with blanks left out', async () => {
    answering({ data: { openAccount: { event: { position: '7' }, userErrors: [] } } });
    const outcome = await send('openAccount', { account: 'a:1', scope: '', unit: '' }, 'the-id', { token: 't' });
    expect(outcome).toEqual({ state: 'committed', position: 7 });
    const [, request] = vi.mocked(fetch).mock.calls[0]!;
    const sent = JSON.parse(String(request?.body)) as { query: string; variables: unknown };
    expect(sent.query).toContain('$input: OpenAccountInput!');
    expect(sent.variables).toEqual({ input: { clientMutationId: 'the-id', account: 'a:1', scope: '' } });
    expect(documentOf('closeAccount').text).toContain('closeAccount(input: $input)');
  });

  test('says why it was refused, in both languages', async () => {
    const error = { code: 'ACCOUNT_USED', message: 'used', messageZh: '已用过' };
    answering({ data: { openAccount: { event: null, userErrors: [error] } } });
    expect(await send('openAccount', {}, 'x', null)).toEqual({
      state: 'refused', code: 'ACCOUNT_USED', words: { zh: '已用过', en: 'used' },
    });
  });

  test('may be sent again when nobody answers', async () => {
    vi.stubGlobal('fetch', vi.fn(async () => Promise.reject(new TypeError('gone'))));
    expect(await send('openAccount', {}, 'x', null)).toEqual({ state: 'failed', code: 'UNREACHABLE' });
    answering({ errors: [{ message: 'no', extensions: { code: 'FORBIDDEN' } }] });
    expect(await send('openAccount', {}, 'x', null)).toEqual({ state: 'failed', code: 'FORBIDDEN' });
  });
});

test('a key is made here, and only its digest is sent', async () => {
  const [one, two] = [await newKey(), await newKey()];
  expect(one.text).toMatch(/^qk_[0-9a-f]{12}_[\w-]{43}$/);
  expect(one.sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(one.text).not.toBe(two.text);
  const secret = one.text.split('_').slice(2).join('_');
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(secret));
  expect(Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')).toBe(one.sha256);
});

test('both languages say everything', () => {
  expect(Object.keys(WORDS.en)).toEqual(Object.keys(WORDS.zh));
  for (const words of Object.values(WORDS)) for (const text of Object.values(words)) expect(text.trim()).not.toBe('');
});

describe('what needs somebody first', () => {
  const now = Date.parse('2026-11-29T08:00:00Z');
  const model = { name: 'case_board', version: 1, position: '9', lag: 0, held: 0, rebuild: 0 };
  const well: Known = {
    log: { head: '9', sealed: '9', sealedAt: '2026-11-29T07:00:00Z', witnesses: [{ name: 'w1' }] },
    models: [model], verification: { at: '2026-11-29T01:00:00Z', head: '9', readModels: 1, faults: 0 },
    shortfalls: [], displays: [], seen: [], now,
  };
  const told = (change: Partial<Known>): string[] =>
    attention({ ...well, ...change }).map(({ level, words, n }) => `${level} ${words} ${n}`);

  test('is nothing while all is well, even when nothing was to be sealed for an hour', () => {
    expect(told({})).toEqual([]);
  });

  test('is what hides the truth before what is yet to be done', () => {
    const shortfalls = [{ kind: 'grid_without_worker', count: 3, examples: [{ code: 'g', name: '', nameEn: '' }] }];
    const models = [{ ...model, held: 2 }, { ...model, lag: 5_000 }];
    const log = { ...well.log, head: '12', witnesses: [] };
    expect(told({ shortfalls, models, log })).toEqual([
      'danger isHeld 2', 'danger isUnsealed 3', 'warning isBehind 5000', 'warning lacksWorker 3', 'note isUnwitnessed 0',
    ]);
  });

  test('is a display that says nothing, and one that never did', () => {
    const heard = { scope: '', version: '', address: '', liveness: 'live', ageMs: 0, position: '9', width: 1, height: 1, hasPicture: false };
    const seen = [
      { ...heard, account: 'display:a', heardAt: '2026-11-29T07:59:00Z' },
      { ...heard, account: 'display:b', heardAt: '2026-11-29T07:50:00Z' },
    ];
    const [item] = attention({ ...well, seen, displays: ['display:a', 'display:b', 'display:c'] });
    expect([item?.n, item?.examples.map(({ code }) => code)]).toEqual([2, ['display:b', 'display:c']]);
  });

  test('has words for every kind that the server may name', () => {
    const kinds = ['person_without_role', 'key_ending', 'calendar_ending', 'category_without_department', 'area_without_grid',
      'grid_without_worker', 'grid_without_border', 'border_gap', 'border_overlap'];
    expect(told({ shortfalls: kinds.map((kind) => ({ kind, count: 1, examples: [] })) })).toHaveLength(kinds.length);
  });
});
