import { expect, test } from 'vitest';
import { Backoff, FIRST_MS, LAST_MS } from '../sdk/backoff';
import { Freshness } from './freshness';

const quiet = { head: '10', oldestUnappliedAgeMs: 0 };

test('a quiet night is live: heartbeats count, not events', () => {
  const freshness = new Freshness(0);
  expect(freshness.liveness(100)).toBe('connecting');
  for (let now = 2_000; now < 3_600_000; now += 2_000) freshness.beat(now, quiet);
  expect(freshness.liveness(3_599_999)).toBe('live');
});

test('silence is called stale within 5 s and offline within 15, and the cause is the link', () => {
  const freshness = new Freshness(0);
  freshness.beat(1_000, quiet);
  expect(freshness.liveness(5_499)).toBe('live');
  expect(freshness.liveness(5_500)).toBe('stale');
  expect(freshness.cause(5_500)).toBe('link');
  expect(freshness.liveness(15_499)).toBe('stale');
  expect(freshness.liveness(15_500)).toBe('offline');
});

test('a stuck read model shows although heartbeats come, and grows between them', () => {
  const freshness = new Freshness(0);
  freshness.beat(2_000, { head: '11', oldestUnappliedAgeMs: 1_500 });
  freshness.beat(4_000, { head: '11', oldestUnappliedAgeMs: 3_500 });
  expect(freshness.liveness(4_999)).toBe('live');
  expect(freshness.liveness(5_000)).toBe('stale');
  expect(freshness.age(5_000)).toBe(4_500);
  expect(freshness.cause(5_000)).toBe('projection');
  expect(freshness.cause(9_000)).toBe('link');
});

test('a delta up to the heartbeat’s head ends the lag, an earlier one does not', () => {
  const freshness = new Freshness(0);
  freshness.beat(2_000, { head: '12', oldestUnappliedAgeMs: 6_000 });
  freshness.reached(11);
  expect(freshness.liveness(2_000)).toBe('stale');
  freshness.reached(12);
  expect(freshness.liveness(2_000)).toBe('live');
});

test('waits double from 0.25 s to 10 s and start anew after an answer', () => {
  const longest = new Backoff(() => 1);
  const waits = Array.from({ length: 8 }, () => longest.next());
  expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, LAST_MS, LAST_MS]);
  longest.reset();
  expect(longest.next()).toBe(FIRST_MS);
  const shortest = new Backoff(() => 0);
  expect(Array.from({ length: 3 }, () => shortest.next())).toEqual([250, 250, 250]);
});
