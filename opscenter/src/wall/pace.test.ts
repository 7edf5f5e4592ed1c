import { expect, test } from 'vitest';
import type { FeedEntry } from '../feed/messages';
import { Pace } from './pace';
import { geoUrl, readParams } from './params';

const line = (position: number, grid: string, topic: string, category: string): FeedEntry => ({
  position: String(position), at: '', topic, number: '', category, categoryEn: category, area: grid,
  areaEn: grid, grid, department: null, departmentEn: null, severity: 'normal', overdue: false,
});
const placeOf = ({ grid }: FeedEntry): { name: string; nameEn: string } => ({ name: grid ?? '', nameEn: '' });

test('above five a second it sums, below three it returns to lines', () => {
  const pace = new Pace();
  const burst = (count: number, at: number): void =>
    pace.add(Array.from({ length: count }, (_, index) => line(index, 'a', 'case.reported', 'x')), at);
  burst(10, 0);
  expect([pace.rate(1), pace.summing(1)]).toEqual([5, false]);
  burst(2, 1);
  expect([pace.rate(2), pace.summing(2)]).toEqual([6, true]);
  burst(6, 3_000);
  expect([pace.rate(3_001), pace.summing(3_001)]).toEqual([3, true]);
  burst(5, 6_000);
  expect([pace.rate(6_001), pace.summing(6_001)]).toEqual([2.5, false]);
});

test('lines that no panel sums up do not pile up', () => {
  const pace = new Pace();
  for (let second = 0; second < 120; second += 1)
    pace.add(Array.from({ length: 50 }, (_, index) => line(second * 50 + index, 'a', 'case.reported', 'x')), second * 1_000);
  expect(pace.kept).toBeLessThanOrEqual(50 * 21);
  expect(pace.sums(119_001, placeOf)[0]?.count).toBe(50 * 10);
});

test('sums go by place and step, largest first, over ten seconds', () => {
  const pace = new Pace();
  pace.add([line(1, 'old', 'case.reported', 'x')], 0);
  pace.add(
    [
      line(2, 'a', 'case.closed', 'x'),
      line(3, 'b', 'case.reported', 'x'),
      line(4, 'b', 'case.reported', 'y'),
      line(5, 'b', 'case.reported', 'y'),
    ],
    5_000,
  );
  const sums = pace.sums(10_001, placeOf);
  expect(sums.map(({ place, topic, count, category, categories }) => [place, topic, count, category, categories]))
    .toEqual([
      ['b', 'case.reported', 3, 'y', 2],
      ['a', 'case.closed', 1, 'x', 1],
    ]);
});

test('at a thousand a second the sums lack nothing', () => {
  const pace = new Pace();
  for (let batch = 0; batch < 200; batch += 1)
    pace.add(Array.from({ length: 50 }, (_, index) => line(batch * 50 + index, `g${index % 7}`, 'case.reported', 'x')), batch * 50);
  expect(pace.rate(9_951)).toBe(1_000);
  const counted = pace.sums(9_951, placeOf).map(({ count }) => count);
  expect(counted.reduce((a, b) => a + b)).toBe(10_000);
});

test('the address holds what is shown', () => {
  expect(readParams('')).toMatchObject({ lang: 'zh', scope: null });
  expect(readParams('?lang=en&scope=371602.005.')).toMatchObject({ lang: 'en', scope: '371602.005.' });
  expect(readParams('?lang=fr')).toMatchObject({ lang: 'zh', scope: null });
  expect([geoUrl(null), geoUrl('1.2.')]).toEqual(['/geo.json', '/geo.json?scope=1.2.']);
});
