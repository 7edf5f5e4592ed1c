/**
 * The time a screen shows: live, or an instant of the past that may play on.
 *
 * It lives in the address (`?at=2026-11-23T04:00:00Z&speed=60`), so that a picture can be
 * passed on as a link. The real clock is no part of it: that one always ticks.
 */
export const SPEEDS = [1, 10, 60, 600] as const;
export type Speed = (typeof SPEEDS)[number];

export type TimeContext =
  | { mode: 'live' }
  /** `at` in milliseconds since 1970; `speed` null while it stands still. */
  | { mode: 'replay'; at: number; speed: Speed | null };

export const LIVE: TimeContext = { mode: 'live' };

export function readTime(query: URLSearchParams): TimeContext {
  const at = Date.parse(query.get('at') ?? '');
  if (Number.isNaN(at)) return LIVE;
  const speed = SPEEDS.find((one) => String(one) === query.get('speed')) ?? null;
  return { mode: 'replay', at, speed };
}

/** What the address says of a time; null takes the parameter out. */
export function writeTime(time: TimeContext): { at: string | null; speed: string | null } {
  if (time.mode === 'live') return { at: null, speed: null };
  const at = new Date(time.at).toISOString().replace('.000Z', 'Z');
  return { at, speed: time.speed === null ? null : String(time.speed) };
}
