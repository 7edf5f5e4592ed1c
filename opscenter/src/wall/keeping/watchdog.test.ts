import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Freshness } from '../../feed/freshness';
import type { View } from '../view.svelte';
import { Watchdog } from './watchdog';

const HOUR_MS = 3_600_000;
/** A server as the watchdog asks it: whether it lives, and which build it serves. */
const server = { lives: true, build: 'wall-1.js', asked: 0 };
const memory = { usedJSHeapSize: 1 };
let now = 0;
let reloads = 0;

beforeEach(() => {
  Object.assign(server, { lives: true, build: 'wall-1.js', asked: 0 });
  memory.usedJSHeapSize = 1;
  now = reloads = 0;
  vi.stubGlobal('performance', { now: () => now, memory });
  vi.stubGlobal('document', { documentElement: { dataset: {} } });
  vi.stubGlobal('console', { info: () => undefined });
  vi.stubGlobal('fetch', (path: string) => {
    server.asked += 1;
    if (!server.lives) return Promise.reject(new TypeError('refused'));
    const page = `<script type="module" src="/assets/${server.build}"></script>`;
    return Promise.resolve(new Response(path === '/live' ? 'ok' : page));
  });
});
afterEach(() => vi.unstubAllGlobals());

function wall(serverNow = '2026-11-24T02:00:00Z', incidents = 0): { dog: Watchdog; freshness: Freshness } {
  const freshness = new Freshness(0);
  const view = {
    freshness,
    incidents: Array.from({ length: incidents }, () => ({ grid: 'g', since: null })),
    picture: { district: { timezone: 'Asia/Shanghai' } },
    serverNow: () => Date.parse(serverNow),
  } as unknown as View;
  return { dog: new Watchdog(view, () => void (reloads += 1)), freshness };
}

const look = async (dog: Watchdog, times: number): Promise<void> => {
  for (let turn = 0; turn < times; turn += 1) await dog.look();
};

test('a silent wall reloads when the server lives, never while it does not', async () => {
  const { dog } = wall();
  now = 60_000;
  server.lives = false;
  await look(dog, 20);
  expect([reloads, server.asked > 0]).toEqual([0, true]);
  server.lives = true;
  await look(dog, 1);
  expect(reloads).toBe(0);
  await look(dog, 1);
  expect(reloads).toBe(1);
});

test('a wall that hears its server stays, whatever the hour, and a server gone in between starts the count anew', async () => {
  const { dog, freshness } = wall();
  now = 60_000;
  await look(dog, 1);
  server.lives = false;
  await look(dog, 1);
  server.lives = true;
  await look(dog, 1);
  freshness.beat(now, { head: '1', oldestUnappliedAgeMs: 0 });
  await look(dog, 5);
  expect(reloads).toBe(0);
});

test('a new build and a large heap reload, but not while a life is in danger', async () => {
  for (const change of [() => (server.build = 'wall-2.js'), () => (memory.usedJSHeapSize = 301 * 2 ** 20)])
    for (const incidents of [0, 1]) {
      Object.assign(server, { build: 'wall-1.js' });
      memory.usedJSHeapSize = 1;
      reloads = 0;
      const { dog } = wall(undefined, incidents);
      await look(dog, 1);
      change();
      await look(dog, 2);
      expect(reloads).toBe(incidents === 0 ? 1 : 0);
    }
});

test('at four in the morning of the district a wall that has lived an hour reloads, once', async () => {
  const four = '2026-11-23T20:00:10Z';
  const { dog, freshness } = wall(four);
  await look(dog, 3);
  expect(reloads).toBe(0); // it has just been loaded
  now = HOUR_MS + 1;
  freshness.beat(now, { head: '1', oldestUnappliedAgeMs: 0 });
  await look(dog, 2);
  expect(reloads).toBe(1);
  const other = wall('2026-11-23T19:00:00Z');
  now += HOUR_MS + 1;
  other.freshness.beat(now, { head: '1', oldestUnappliedAgeMs: 0 });
  await look(other.dog, 3);
  expect(reloads).toBe(1);
});
