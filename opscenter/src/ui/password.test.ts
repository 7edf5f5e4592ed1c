import { afterEach, expect, test, vi } from 'vitest';
import { changePassword, PASSWORD_WORDS, signInWith, unfit } from './password';

const answers = (...all: [number, unknown, Record<string, string>?][]): string[] => {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (path: string, { body }: { body: string }) => {
    asked.push(`${path} ${body}`);
    const [status, said, headers = {}] = all.shift() ?? [500, {}];
    return new Response(JSON.stringify(said), { status, headers });
  });
  return asked;
};

afterEach(() => vi.unstubAllGlobals());

test('of several roles the one that the screen is for is taken', async () => {
  const asked = answers([200, { token: 'first', role: 'acceptor', others: [{ role: 'auditor' }] }], [200, { token: 'second', role: 'auditor' }]);
  expect(await signInWith('acct:zhao', 'x', 'auditor')).toEqual({ token: 'second' });
  expect(asked.map((one) => one.includes('"role":"auditor"'))).toEqual([false, true]);
  answers([200, { token: 'first', role: 'acceptor', others: [] }]);
  expect(await signInWith('acct:zhao', 'x', 'auditor')).toEqual({ token: 'first' });
});

test('each refusal is said in words of its own', async () => {
  answers([401, {}], [403, {}], [429, {}, { 'retry-after': '42' }]);
  const tries = [await signInWith('a', 'b'), await signInWith('a', 'b'), await signInWith('a', 'b')];
  expect(tries).toEqual([{ problem: 'wrong', waitS: 0 }, { problem: 'noRole', waitS: 0 }, { problem: 'slower', waitS: 42 }]);
  answers([503, { errors: [{ extensions: { code: 'UNAVAILABLE' } }] }]);
  expect(await signInWith('a', 'b')).toMatchObject({ problem: 'away' });
  answers([403, {}], [422, {}], [503, { errors: [{ extensions: { code: 'HALF_DONE' } }] }], [200, { account: 'a' }]);
  const change = async (): Promise<unknown> => changePassword('t', 'old', 'new');
  expect([await change(), await change(), await change(), await change()]).toMatchObject([
    { problem: 'notYours' }, { problem: 'unfit' }, { problem: 'halfDone' }, { problem: 'noRole' },
  ]);
});

test('a new password is looked at before it is sent', () => {
  expect([unfit('short', 'short'), unfit('x'.repeat(257), 'x'.repeat(257)), unfit('a long enough one', 'another one here'), unfit('x'.repeat(12), 'x'.repeat(12))]).toEqual([
    'unfit', 'unfit', 'differs', null,
  ]);
  expect(Object.keys(PASSWORD_WORDS.en)).toEqual(Object.keys(PASSWORD_WORDS.zh));
});
