import { expect, test } from 'vitest';
import { age, clock, count, DICTIONARIES, named, percent, span } from './index';
import { VERBS, verbOf } from './verbs';

test('both dictionaries have the same keys and no empty word', () => {
  expect(Object.keys(DICTIONARIES.en).sort()).toEqual(Object.keys(DICTIONARIES.zh).sort());
  for (const words of Object.values(DICTIONARIES))
    expect(Object.values(words).filter((word) => word.trim() === '')).toEqual([]);
});

test('every verb has two words that fit the feed’s column', () => {
  for (const [topic, verb] of Object.entries(VERBS)) {
    expect(verb.zh.length, topic).toBeLessThanOrEqual(5);
    expect(verb.en.length, topic).toBeLessThanOrEqual(10);
    expect(verb.zh, topic).not.toBe('');
  }
});

test('an unknown topic shows its own last word', () => {
  expect(verbOf('case.moon_landed')).toEqual({ zh: 'moon landed', en: 'moon landed', mark: 'move' });
});

test('numbers, rates, spans and ages', () => {
  expect(count(1234567)).toBe('1,234,567');
  expect([percent(8915), percent(10_000), percent(9_996), percent(null)]).toEqual([
    '89.2', '100.0', '100.0', '–',
  ]);
  expect([span(45), span(240), span(5_400), span(200_000), span(null)]).toEqual([
    { value: '45', unit: 'seconds' },
    { value: '4', unit: 'minutes' },
    { value: '1.5', unit: 'hours' },
    { value: '2.3', unit: 'days' },
    { value: '–', unit: null },
  ]);
  expect([age(449), age(9_999), age(10_000), age(125_000), age(7_300_000)]).toEqual([
    '0.4 s', '9.9 s', '10 s', '2 min', '2 h',
  ]);
});

test('the clock is the district’s, and a name falls back to the language there is', () => {
  const noon = Date.UTC(2026, 10, 23, 4, 5, 6);
  expect(clock('zh', 'Asia/Shanghai').time(noon)).toBe('12:05:06');
  expect(clock('en', 'America/New_York').time(noon)).toBe('23:05:06');
  const wall = clock('zh', 'America/New_York');
  expect([wall.moment(noon, noon + 60_000), wall.moment(noon, noon + 86_400_000)]).toEqual([
    '23:05:06', '2026-11-22',
  ]);
  expect([wall.moment(noon, noon - 60_000), wall.moment(noon, noon - 2 * 86_400_000)]).toEqual([
    '23:05:06', '2026-11-22 23:05',
  ]);
  expect(clock('zh', 'Asia/Shanghai').moment(noon + 13 * 3_600_000, noon)).toBe('2026-11-24 01:05');
  expect(clock('en', 'No/Where').time(noon)).toBe('04:05:06');
  expect([named('en', '市中', ''), named('zh', null, 'Shizhong'), named('en', '市中', 'Shizhong')]).toEqual(
    ['市中', 'Shizhong', 'Shizhong'],
  );
});
