/**
 * The past as a screen asks for it: the instant of the address, as `asOf` has it, and the way there.
 *
 * Every screen that asks a question of an instant asks it by this one, so that the same address
 * is the same moment on each of them. The wall and a pace on the console are told by the server
 * instead (`replay`, `replayCases`).
 */
import { untrack } from 'svelte';
import { address } from './address.svelte';
import { LIVE } from './time';

/** A moment as a question takes it; null is now. */
export type AsOf = { effectiveAt: string } | null;

const HOUR_MS = 3_600_000;

class Past {
  /** The instant that is looked at, in milliseconds since 1970; null is now. */
  at: number | null = $derived(address.time.mode === 'replay' ? address.time.at : null);
  /** The same for a question; null is now. */
  asOf: AsOf = $derived(this.at === null ? null : { effectiveAt: new Date(this.at).toISOString() });

  /** Where looking back begins, for a view that has such an instant; an hour ago without. */
  from = $state<number | null>(null);

  /** Look back, or live again from the past. */
  toggle(): void {
    const at = this.from ?? Date.now() - HOUR_MS;
    address.travel(this.at === null ? { mode: 'replay', at, speed: null } : LIVE);
  }

  leave(): void {
    address.travel(LIVE);
  }
}

export const past = new Past();

/**
 * Let questions follow an instant that moves: while one waits for its answer, only the latest
 * instant waits behind it, so answers come in order and none is for an instant left long ago.
 */
export function latest<T>(ask: (wanted: T) => Promise<void>): (wanted: T) => void {
  let busy = false;
  let waiting: { wanted: T } | null = null;
  const go = async (wanted: T): Promise<void> => {
    busy = true;
    await untrack(() => ask(wanted)).finally(() => (busy = false));
    const next = waiting;
    waiting = null;
    if (next !== null) await go(next.wanted);
  };
  return (wanted) => {
    if (busy) waiting = { wanted };
    else void go(wanted);
  };
}
