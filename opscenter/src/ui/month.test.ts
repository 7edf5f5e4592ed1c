import { expect, test } from 'vitest';
import { dayName, dayOn, isDay, monthName, monthOn, weekdays, weeksOf } from './month';

test('a month is its weeks from Monday on, and nothing of its neighbours', () => {
  const november = weeksOf('2026-11'); // begins on a Sunday
  expect(november.map((week) => week.filter(Boolean).length)).toEqual([1, 7, 7, 7, 7, 1]);
  expect([november[0]?.[6], november[5]?.[0]]).toEqual(['2026-11-01', '2026-11-30']);
  expect(weeksOf('2027-02').flat()).toEqual(Array.from({ length: 28 }, (_, day) => dayOn('2027-02-01', day)));
});

test('days and months go on over the ends of years', () => {
  expect([dayOn('2026-12-31', 1), dayOn('2028-03-01', -1), monthOn('2026-01', -1), monthOn('2026-12', 1)]).toEqual([
    '2027-01-01', '2028-02-29', '2025-12', '2027-01',
  ]);
  expect(['2026-02-29', '2026-2-1', '2026-11-31', '', '2028-02-29'].map(isDay)).toEqual([false, false, false, false, true]);
});

test('names are those of the language that is chosen, whatever the browser speaks', () => {
  expect([monthName('zh', '2026-11'), monthName('en', '2026-11')]).toEqual(['2026年11月', 'November 2026']);
  expect([weekdays('zh').join(''), weekdays('en')[6]]).toEqual(['一二三四五六日', 'Sun']);
  expect(dayName('zh', '2026-11-20')).toBe('2026年11月20日星期五');
  expect(dayName('en', '2026-11-20')).toMatch(/^Friday,? 20 November 2026$/);
});
