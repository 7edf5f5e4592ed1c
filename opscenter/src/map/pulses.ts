/**
 * Which grids flash, and how far each flash has come.
 *
 * A flood of events must not become a flood of circles: one pulse per grid in 400 ms, 400
 * alive at most. An alarm is never dropped for the sake of an ordinary one.
 */
import type { Mark } from '../i18n/verbs';

export const GRID_MS = 400;
export const LIVE_LIMIT = 400;
export const ORDINARY_MS = 1_400;
export const ALARM_MS = 4_000;

export interface Pulse {
  index: number;
  mark: Mark;
  from: number;
  until: number;
}

export class Pulses {
  #last = new Map<number, number>();
  live: Pulse[] = [];

  /** Start one on grid `index`; answers whether it was taken. */
  add(index: number, mark: Mark, now: number): boolean {
    const alarm = mark === 'alarm';
    const recent = now - (this.#last.get(index) ?? -Infinity) < GRID_MS;
    if (recent && !alarm) return false;
    this.expire(now);
    if (this.live.length >= LIVE_LIMIT && !this.#makeRoom(alarm)) return false;
    this.#last.set(index, now);
    this.live.push({ index, mark, from: now, until: now + (alarm ? ALARM_MS : ORDINARY_MS) });
    return true;
  }

  expire(now: number): void {
    this.live = this.live.filter(({ until }) => until > now);
  }

  clear(): void {
    this.live = [];
    this.#last.clear();
  }

  #makeRoom(alarm: boolean): boolean {
    if (!alarm) return false;
    const ordinary = this.live.findIndex(({ mark }) => mark !== 'alarm');
    this.live.splice(Math.max(0, ordinary), 1);
    return true;
  }
}
