import { expect, test } from 'vitest';
import { PAST_WORDS as ADMIN_THEN } from '../admin/past-words';
import { WORDS as ADMIN } from '../admin/words';
import { PAST_WORDS as AUDIT_THEN } from '../audit/past-words';
import { WORDS as AUDIT } from '../audit/words';
import { WHY_WORDS as WHY } from '../console/why-words';
import { WORDS as CONSOLE } from '../console/words';
import { PAST_WORDS as FIELD_THEN } from '../field/past-words';
import { WORDS as FIELD } from '../field/words';
import { PASSWORD_WORDS as PASSWORD } from './password';
import { PAST_WORDS as PAST } from './past-words';
import { claimsOf, sessionOf, tokenIn } from './session';
import { limitWords, span } from './span';
import { readTime, writeTime } from './time';
import { ROLES, SHARED, speaker } from './words';

const encoded = (value: unknown): string =>
  btoa(JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const tokenOf = (claims: unknown): string => `${encoded({ alg: 'HS256' })}.${encoded(claims)}.c2lnbmVk`;
const CLAIMS = { sub: 'acct:1', role: 'dispatcher', scope: '371602.', exp: 2_000 };

test('a session is what the token says, until it runs out', () => {
  const token = tokenOf(CLAIMS);
  expect(claimsOf(token)).toEqual({ ...CLAIMS, unit: null, sid: null });
  expect(sessionOf(` ${token}\n`, 1_999_999)).toEqual({ token, ...CLAIMS, unit: null, sid: null });
  expect(claimsOf(tokenOf({ ...CLAIMS, sid: 's1' }))?.sid).toBe('s1');
  expect(sessionOf(token, 2_000_000)).toBeNull();
  expect(sessionOf(null, 0)).toBeNull();
});

test('what is no token is no session', () => {
  for (const text of ['', 'x', 'a.b', 'a.b.c', tokenOf({ role: 'dispatcher' }), tokenOf([])])
    expect(claimsOf(text), text).toBeNull();
});

test('a token comes in the fragment', () => {
  expect([tokenIn('#token=a.b.c'), tokenIn('#x=1&token=t'), tokenIn('#other'), tokenIn('')]).toEqual([
    'a.b.c', 't', null, null,
  ]);
});

test('time is live, or an instant that stands or plays', () => {
  const read = (text: string): unknown => readTime(new URLSearchParams(text));
  const at = Date.UTC(2026, 10, 23, 4);
  expect(read('')).toEqual({ mode: 'live' });
  expect(read('at=yesterday')).toEqual({ mode: 'live' });
  expect(read('at=2026-11-23T04:00:00Z')).toEqual({ mode: 'replay', at, speed: null });
  expect(read('at=2026-11-23T04:00:00Z&speed=60')).toEqual({ mode: 'replay', at, speed: 60 });
  expect(read('at=2026-11-23T04:00:00Z&speed=7')).toEqual({ mode: 'replay', at, speed: null });
  expect(writeTime({ mode: 'live' })).toEqual({ at: null, speed: null });
  expect(writeTime({ mode: 'replay', at, speed: 600 })).toEqual({ at: '2026-11-23T04:00:00Z', speed: '600' });
});

test('both languages say everything, and fill in what they are given', () => {
  expect(Object.keys(SHARED.en)).toEqual(Object.keys(SHARED.zh));
  for (const words of [SHARED.zh, SHARED.en])
    expect(Object.values(words).filter((word) => word.trim() === '')).toEqual([]);
  for (const role of Object.values(ROLES)) expect(role.zh && role.en).toBeTruthy();
  const say = speaker({ zh: { hello: '{name}好' }, en: { hello: 'hello {name}, {unknown}' } }, 'en');
  expect(say('hello', { name: 'Li' })).toBe('hello Li, {unknown}');
  const many = speaker({ zh: { cases: '{n} 件' }, en: { cases: '{n|case|cases}' } }, 'en');
  expect([many('cases', { n: 1 }), many('cases', { n: 0 }), many('cases', { n: '1,204' })]).toEqual(['1 case', '0 cases', '1,204 cases']);
});

test('Chinese is set with its own commas and colons', () => {
  const foreign = /[一-鿿”）}][,;:?!] ?[一-鿿“（{]|[一-鿿][,;:?!]|[一-鿿]\(|\([^)]*[一-鿿][^(]*\)|\{age\} /;
  for (const { zh } of [SHARED, PAST, ADMIN, ADMIN_THEN, AUDIT, AUDIT_THEN, CONSOLE, FIELD, FIELD_THEN, PASSWORD, WHY])
    expect(Object.values<string>(zh).filter((word) => foreign.test(word))).toEqual([]);
});

test('one thing is not said in the plural', () => {
  for (const { en } of [SHARED, ADMIN, ADMIN_THEN, AUDIT, AUDIT_THEN, CONSOLE, FIELD, FIELD_THEN, WHY])
    expect(Object.values<string>(en).filter((word) => /\{n\} (events|cases|streams|steps|tries|commands|deadlines|differences)\b/.test(word))).toEqual([]);
});

test('a length of time is said in one unit, and in the language of the screen', () => {
  expect([2_500, 720_000, 12_600_000, 345_600_000].map((each) => span('zh', each))).toEqual(['2 秒', '12 分', '3.5 小时', '4 天']);
  expect(span('en', -59_999)).toBe('59 s');
});

test('ids are made in one place: a page without TLS has no randomUUID', () => {
  const sources = import.meta.glob<string>(['../**/*.ts', '../**/*.svelte', '!../**/*.test.ts'], {
    query: '?raw',
    import: 'default',
    eager: true,
  });
  const making = Object.keys(sources).filter((path) => sources[path]?.includes('crypto.randomUUID('));
  // The display's key signs, and no browser lets a page without TLS sign.
  expect(making.sort()).toEqual(['../wall/keeping/key.ts', './ids.ts']);
});

test('a limit is said in words, one of its kind without an s', () => {
  expect(['4H', '1W', '15C', '2U', 'P3D'].map((one) => limitWords('en', one))).toEqual([
    '4 working hours', '1 working day', '15 calendar days', '2 urgent hours', 'P3D',
  ]);
  expect(limitWords('zh', '15C')).toBe('15 个自然日');
});
