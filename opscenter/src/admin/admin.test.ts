import { describe, expect, test, vi } from 'vitest';
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
