import { expect, test } from 'vitest';
import type { GridLoad } from '../../feed/messages';
import { Dangers } from './incidents';
import { above, after, isNight, orbit, worst } from './turns';

const place = (scope: string, open: number, overdue: number) => ({ scope, open, overdue });
const TURNS = ['overview', 'departments', 'townships'] as const;

test('townships go down to the worst place, then the next scene follows', () => {
  const below = [place('1.a.', 50, 2), place('1.b.', 10, 9), place('1.c.', 20, 9)];
  expect(worst(below)?.scope).toBe('1.c.');
  expect(worst([])).toBeNull();
  expect(after({ scene: 'overview', focus: null }, TURNS, below)).toEqual({ scene: 'departments', focus: null });
  expect(after({ scene: 'townships', focus: null }, TURNS, below)).toEqual({ scene: 'townships', focus: '1.c.' });
  expect(after({ scene: 'townships', focus: '1.c.x.' }, TURNS, [])).toEqual({ scene: 'overview', focus: null });
  expect(after({ scene: 'incident', focus: null }, TURNS, [])).toEqual({ scene: 'overview', focus: null });
});

test('up again, level by level', () => {
  expect([above('1.c.x.', '1.'), above('1.c.', '1.'), above(null, '1.')]).toEqual(['1.c.', null, null]);
});

test('a night may go over midnight', () => {
  const night = [22, 6] as const;
  expect([21, 22, 23, 0, 5, 6, 12].map((hour) => isNight(hour, night))).toEqual([
    false, true, true, true, true, false, false,
  ]);
  expect([isNight(3, [1, 5]), isNight(5, [1, 5])]).toEqual([true, false]);
});

test('the picture moves by four pixels at most, never to where a page would scroll, and comes back', () => {
  const steps = Array.from({ length: 9 }, (_, step) => orbit(step));
  expect([Math.min(...steps.flat()), Math.max(...steps.flat())]).toEqual([-4, 0]);
  expect(steps[8]).toEqual(steps[0]);
  expect(new Set(steps.map(String)).size).toBe(8);
});

const grid = (code: string, lifeSafety: number): GridLoad => ({ code, open: 1, overdue: 0, lifeSafety });

test('what was so at the beginning calls for nobody, what becomes so does', () => {
  const dangers = new Dangers();
  expect(dangers.look([grid('a', 1), grid('b', 0)], 10)).toEqual([]);
  expect(dangers.standing).toEqual([{ grid: 'a', since: null }]);
  expect(dangers.look([grid('a', 1), grid('b', 2)], 20)).toEqual(['b']);
  expect(dangers.standing).toEqual([{ grid: 'b', since: 20 }, { grid: 'a', since: null }]);
  expect(dangers.look([grid('a', 2), grid('b', 2)], 30)).toEqual(['a']);
  expect(dangers.look([grid('b', 2)], 40)).toEqual([]);
  expect(dangers.standing).toEqual([{ grid: 'b', since: 20 }]);
});
