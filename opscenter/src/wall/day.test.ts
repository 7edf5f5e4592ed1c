import { expect, test } from 'vitest';
import type { FeedEntry, Scene } from '../feed/messages';
import { FoldedDay, type WallDay } from './day';

const START = Date.parse('2026-11-20T16:00:00Z');
const line = (position: number): FeedEntry => ({ position: String(position) }) as FeedEntry;
const SCENE = {
  position: '9', serverTime: '', district: {}, overview: { open: 1, acceptP50S: 5 },
  grids: [{ code: 'a', open: 1, overdue: 0, lifeSafety: 0 }],
  departments: [], townships: [], feed: [line(1)],
} as unknown as Scene;

const DAY: WallDay = {
  start: '2026-11-20T16:00:00Z', end: '2026-11-21T16:00:00Z', told: '2026-11-21T16:00:00Z', position: '9',
  scene: SCENE, at: [100, 200, 5_000],
  overview: [2, 1, 0, 0, 0, 2, 0, 0, -1, 2, 1, 0, 1, 1, 2, 0, 0, 30, 1, 1, 1, 0, 0, 2, 1, 5_000, 30],
  gridCodes: ['b', 'a'], grids: [0, 0, 1, 0, 0, 1, 0, 1, 1, 1, 2, 1, 0, 0, 0],
  departments: [{ id: 'd', name: '局', nameEn: 'D', open: 9, overdue: 9, handled: 9, closingRateBp: 9 }],
  duties: [1, 0, 1, 0, 0, -1, 2, 0, 0, 0, 1, 10_000],
  areas: [], loads: [], feed: [line(7), line(3), line(8)], lines: [0, 0, 2],
};
const at = (after: number, day: FoldedDay) => day.sceneAt(START + after);

test('at an instant stands the last value up to it, forwards and back again', () => {
  const day = new FoldedDay(DAY);
  expect(at(99, day)).toEqual({ ...SCENE, position: '9' });
  expect(at(100, day).overview).toMatchObject({ open: 2, acceptP50S: null, closingRateBp: 0 });
  expect(at(100, day).grids).toHaveLength(2);
  expect(at(100, day).feed.map(({ position }) => position)).toEqual(['3', '7', '1']);
  expect(at(4_999, day).grids.find(({ code }) => code === 'b')).toMatchObject({ overdue: 1, lifeSafety: 1 });
  expect(at(4_999, day).departments).toEqual([]);
  expect(at(5_000, day).departments[0]).toMatchObject({ open: 0, closingRateBp: 10_000, name: '局' });
  expect(at(5_000, day).overview).toMatchObject({ open: 1, closingRateBp: 5_000, acceptP50S: 30 });
  expect(at(5_000, day).feed.map(({ position }) => position)).toEqual(['8', '3', '7', '1']);
  expect(at(150, day).grids.find(({ code }) => code === 'a')).toMatchObject({ open: 1 });
  expect(at(0, day)).toEqual({ ...SCENE, position: '9' });
});

test('any order of instants shows what a fresh fold shows', () => {
  const day = new FoldedDay(DAY);
  for (const after of [5_000, 0, 200, 199, 5_001, 100, 4_999, 200])
    expect(at(after, day)).toEqual(at(after, new FoldedDay(DAY)));
});

test('a day knows the letters of its lines and names, each once', () => {
  const told = [{ ...line(7), category: '路灯', area: '市东' }, { ...line(3), category: '路灯', area: null }];
  expect([...new FoldedDay({ ...DAY, feed: told as FeedEntry[] }).letters].sort()).toEqual([...'路灯市东局'].sort());
});

test('a day tells of nothing outside itself, nor of what had not happened when it was asked for', () => {
  const day = new FoldedDay({ ...DAY, told: '2026-11-20T18:00:00Z' });
  expect([-1, 0, 7_200_000, 7_200_001].map((after) => day.holds(START + after))).toEqual([false, true, true, false]);
  expect(new FoldedDay(DAY).holds(START + 86_400_000)).toBe(false);
});
