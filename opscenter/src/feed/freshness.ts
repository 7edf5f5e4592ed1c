/**
 * How old the picture is, and the word for it.
 *
 * Age is the larger of: time since the last heartbeat, on the page's own monotonic clock
 * (a wrong wall clock can't make old data look new), and the age of the oldest event that
 * the slowest read model has not applied, which the heartbeat carries and which goes on
 * growing between heartbeats. Socket state plays no part: a half-open socket looks open.
 */
import type { Heartbeat } from './messages';

/**
 * Old data is called so within 5 s, and a server that is gone within 15. Half a second of them is for
 * a page that looks ten times a second, and for what lies between it and the server.
 */
export const STALE_MS = 4_500;
export const OFFLINE_MS = 14_500;

export type Liveness = 'connecting' | 'live' | 'stale' | 'offline';
/** Why the picture is old: nothing heard from the server, or a read model that lags. */
export type Cause = 'link' | 'projection';

export class Freshness {
  #beatAt: number;
  #beaten = false;
  #unapplied = 0;
  #head = 0;

  /** `now` in milliseconds of a monotonic clock. */
  constructor(now: number) {
    this.#beatAt = now;
  }

  beat(now: number, heartbeat: Pick<Heartbeat, 'head' | 'oldestUnappliedAgeMs'>): void {
    this.#beatAt = now;
    this.#beaten = true;
    this.#unapplied = Math.max(0, heartbeat.oldestUnappliedAgeMs);
    this.#head = Number(heartbeat.head);
  }

  /** Everything up to `position` is on the screen: what the last heartbeat missed may be too. */
  reached(position: number): void {
    if (position >= this.#head) this.#unapplied = 0;
  }

  sinceBeat(now: number): number {
    return now - this.#beatAt;
  }

  age(now: number): number {
    const since = this.sinceBeat(now);
    return this.#unapplied > 0 ? Math.max(since, this.#unapplied + since) : since;
  }

  /** A server that is silent explains more than what it last said of its read models. */
  cause(now: number): Cause {
    return this.#unapplied > 0 && this.sinceBeat(now) < STALE_MS ? 'projection' : 'link';
  }

  liveness(now: number): Liveness {
    const age = this.age(now);
    if (age >= OFFLINE_MS) return 'offline';
    if (age >= STALE_MS) return 'stale';
    return this.#beaten ? 'live' : 'connecting';
  }
}
