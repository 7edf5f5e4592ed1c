/**
 * The past as a screen asks for it: the instant of the address, as `asOf` has it, and the way there.
 *
 * Every screen that asks a question of an instant asks it by this one, so that the same address
 * is the same moment on each of them. The wall and a pace on the console are told by the server
 * instead (`replay`, `replayCases`).
 */
import { onDestroy, untrack } from 'svelte';
import { address } from './address.svelte';
import { Following } from './following';
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
const aMoment = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, AGAIN_MS));

/** Ask what follows an instant that moves (`following.ts`), for as long as the view is there. */
export function latest<T>(
  ask: (wanted: T) => Promise<void>,
  tell: (failed: boolean, problem?: unknown) => void = () => undefined,
): (wanted: T) => void {
  const following = new Following<T>(ask, tell, aMoment);
  onDestroy(() => following.stop());
  return (wanted) => untrack(() => following.want(wanted));
}
