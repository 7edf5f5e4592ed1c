import { expect, test } from 'vitest';
import { readParams } from './params';
import { neededPx, sizing } from './sizing';

const near = { diag: null, dist: null, part: null, bezel: 0 };

test('without a distance a page is 120 × 67.5 rem', () => {
  expect(sizing(1920, 1080, near)).toEqual({ rem: 16, room: 'full', wide: false, legible: true });
  expect(sizing(3840, 2160, near).rem).toBe(32);
  expect(sizing(3840, 1080, near)).toEqual({ rem: 16, room: 'full', wide: true, legible: true });
});

test('a bezel takes its pixels from both pages, a half of a wide wall is one page', () => {
  expect(sizing(3840, 1080, { ...near, bezel: 80 }).rem).toBeCloseTo(15.67, 2);
  expect(sizing(1920, 1080, { ...near, part: 2 })).toMatchObject({ rem: 16, wide: true });
});

test('the usual screens want what an eye wants: 20 minutes of arc', () => {
  const wanted = (diag: number, width = 1920, height = 1080): number =>
    Math.round(neededPx(width, height, { diag, dist: 5 }));
  expect([wanted(55), wanted(86), wanted(110), wanted(165)]).toEqual([46, 29, 23, 15]);
  expect(wanted(55, 3840, 2160)).toBe(92);
});

test('the smallest text is never below what is needed, until nothing would be left', () => {
  for (const diag of [24, 43, 55, 65, 75, 86, 98, 110, 165])
    for (const dist of [1, 2, 3, 4, 5, 7, 10])
      for (const [width, height] of [[1920, 1080], [3840, 2160], [3840, 1080]] as const) {
        const found = sizing(width, height, { ...near, diag, dist });
        const needed = neededPx(width, height, { diag, dist });
        expect(found.legible).toBe(found.rem * 1.5 >= needed - 1e-6);
        expect(height / found.rem).toBeGreaterThanOrEqual(31.9);
      }
});

test('less room as the viewers step back', () => {
  const room = (dist: number): string => sizing(1920, 1080, { ...near, diag: 86, dist }).room;
  expect([room(3), room(5), room(8)]).toEqual(['full', 'medium', 'small']);
  expect(sizing(1920, 1080, { ...near, diag: 55, dist: 5 }).room).toBe('small');
});

test('the address says it all, and nonsense in it is left aside', () => {
  expect(readParams('?scene=moon&rotate=-3&part=7&night=x&diag=abc&turns=a,night')).toMatchObject({
    scene: 'overview', rotate: 0, part: null, night: null, diag: null, turns: ['night'],
  });
  expect(readParams('?scene=night&rotate=20&part=2&bezel=40&night=22-6&exercise&display=hall')).toMatchObject({
    scene: 'night', rotate: 20, part: 2, bezel: 40, night: [22, 6], exercise: true, display: 'hall',
  });
});
