/** The address of a figure's why: read, filled in, and the same again. */
import { expect, test } from 'vitest';
import { readTime } from '../ui/time';
import { levelOf, readWhy, SOURCES, sourceOf, whyAddress, windowOf } from './whys';
import { WHY_WORDS, type WhyKey } from './why-words';

const NOW = Date.UTC(2026, 10, 24, 2);
const asked = (query: string) => readWhy(new URLSearchParams(query));

test('an address says which figure, where, over which window and as of when', () => {
  expect(asked('case=1')).toBeNull();
  expect(asked('why=K1&area=371602')).toEqual({
    figure: 'K1', area: '371602.', department: null, since: null, until: null, position: null,
  });
  expect(['', '371602.', '371602.005.', '371602.005.036.', '371602.005.036.001.'].map(levelOf)).toEqual([
    'DISTRICT', 'DISTRICT', 'TOWNSHIP', 'COMMUNITY', 'GRID',
  ]);
});

test('what is left open is the last thirty days, the local day, or always', () => {
  const of = (figure: string) => windowOf(asked(`why=${figure}`)!, sourceOf(figure), NOW, 'Asia/Shanghai');
  expect(of('K7')).toEqual({ since: '2026-10-25T02:00:00.000Z', until: '2026-11-24T02:00:00.000Z' });
  expect(of('closedToday').since).toBe('2026-11-23T16:00:00.000Z');
  expect(of('closingRateBp').since).toBe('2000-01-01T00:00:00Z');
  const own = asked('why=K7&since=2026-01-01T00:00:00Z&until=2026-02-01T00:00:00Z')!;
  expect(windowOf(own, sourceOf('K7'), NOW, 'UTC')).toEqual({ since: own.since, until: own.until });
});

test('a copied address leaves nothing to the moment it is opened', () => {
  const question = asked('why=K7&area=371602.005.')!;
  const window = windowOf(question, sourceOf('K7'), NOW, 'UTC');
  const address = whyAddress(question, window, '77', null);
  expect(address.startsWith('/console?')).toBe(true);
  const again = asked(address.slice('/console?'.length))!;
  expect(again).toEqual({ ...question, ...window, position: '77' });
  expect(whyAddress(again, windowOf(again, sourceOf('K7'), NOW + 9e9, 'UTC'), '99', null)).toBe(address);
});

test('an address copied in the past opens the instant, not what was known at a position', () => {
  const then = { effectiveAt: '2026-11-20T06:30:00.250Z' };
  const query = (position: string) => new URLSearchParams(whyAddress(asked(`why=open${position}`)!, null, '77', then).split('?')[1]);
  expect(Object.fromEntries(query(''))).toEqual({ why: 'open', at: then.effectiveAt });
  expect(readTime(query(''))).toEqual({ mode: 'replay', at: Date.parse(then.effectiveAt), speed: null });
  expect(Object.fromEntries(query('&position=5'))).toEqual({ why: 'open', position: '5' });
});

test('each count of the wall has its name in both languages', () => {
  for (const name of Object.keys(SOURCES))
    for (const lang of ['zh', 'en'] as const) expect(WHY_WORDS[lang][name as WhyKey], name).toBeTruthy();
});
