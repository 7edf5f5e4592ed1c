/**
 * The past as a screen asks for it: the instant of the address, as `asOf` has it, and the way there.
 *
 * Every screen that asks a question of an instant asks it by this one, so that the same address
 * is the same moment on each of them. The wall and a pace on the console are told by the server
 * instead (`replay`, `replayCases`).
 */
import { onDestroy, untrack } from 'svelte';
import { address } from './address.svelte';
import { Refusal } from './graphql';
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

/** After so long it is asked again what nobody has answered. */
const AGAIN_MS = 1_000;

const passing = (problem: unknown): boolean => !(problem instanceof Refusal) || problem.code === 'THROTTLED';

/**
 * Let questions follow an instant that moves, for as long as their view is there.
 *
 * While one waits for its answer, only the latest instant waits behind it: answers come in order
 * and none is for an instant left long ago. What failed in passing (no network, too much asked of
 * late) is asked again after a moment. `tell` hears of each whether it failed, and how.
 */
export function latest<T>(
  ask: (wanted: T) => Promise<void>,
  tell: (failed: boolean, problem?: unknown) => void = () => undefined,
): (wanted: T) => void {
  let busy = false;
  let gone = false;
  let waiting: { wanted: T } | null = null;

  /** Ask once; whether it has to be asked again. */
  async function once(wanted: T): Promise<boolean> {
    try {
      await ask(wanted);
      tell(false);
      return false;
    } catch (problem) {
      tell(true, problem);
      return passing(problem);
    }
  }

  async function run(first: T): Promise<void> {
    busy = true;
    for (let next: { wanted: T } | null = { wanted: first }; next !== null && !gone; ) {
      const wanted: T = next.wanted;
      const again = await once(wanted);
      if (again && waiting === null) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      next = waiting ?? (again ? { wanted } : null);
      waiting = null;
    }
    busy = false;
  }

  onDestroy(() => (gone = true));
  return (wanted) => {
    if (busy) waiting = { wanted };
    else untrack(() => void run(wanted));
  };
}
