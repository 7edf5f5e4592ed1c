/**
 * Which grids are in danger, and whether one has just become so.
 *
 * What is already so when the screen begins is listed and calls for nobody: a wall that is
 * restarted every night would otherwise cry each morning.
 */
import type { GridLoad } from '../../feed/messages';
import type { Incident } from '../view.svelte';

export class Dangers {
  #counts: Map<string, number> | null = null;
  #since = new Map<string, number | null>();

  /** Look at all grids; the grids whose count has risen since the last look. */
  look(grids: Iterable<GridLoad>, now: number): string[] {
    const counts = new Map<string, number>();
    for (const { code, lifeSafety } of grids) if (lifeSafety > 0) counts.set(code, lifeSafety);
    const before = this.#counts;
    const risen = [...counts].filter(([code, count]) => before !== null && count > (before.get(code) ?? 0));
    for (const code of this.#since.keys()) if (!counts.has(code)) this.#since.delete(code);
    for (const code of counts.keys()) if (!this.#since.has(code)) this.#since.set(code, before && now);
    for (const [code] of risen) this.#since.set(code, now);
    this.#counts = counts;
    return risen.map(([code]) => code);
  }

  /** Those that stand, the latest first. */
  get standing(): Incident[] {
    const all = [...this.#since].map(([grid, since]) => ({ grid, since }));
    return all.sort((a, b) => (b.since ?? 0) - (a.since ?? 0));
  }
}
