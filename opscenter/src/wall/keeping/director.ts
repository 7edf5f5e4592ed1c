/**
 * Who decides what the wall shows: the address, the turns, danger to life, the night.
 *
 * Danger comes first: the wall goes there by itself and comes back to where it was. Turns
 * and keys write the scene into the address, so that a reload shows the same.
 */
import { wallTime } from '../../ui/days';
import { SCENES, type Shown } from '../params';
import type { View } from '../view.svelte';
import { Dangers } from './incidents';
import { above, after, isNight, orbit, worst } from './turns';

const TICK_MS = 500;
const ORBIT_MS = 180_000;
/** How long the wall stays with a danger nobody can tell it was taken up. */
const HOLD_MS = 60_000;
/** And at most, while nobody has acknowledged the alarm. */
const UNHEARD_MS = 600_000;
/** How long it stays after the danger is over or taken up. */
const LINGER_MS = 10_000;

export class Director {
  #dangers = new Dangers();
  #past = false;
  /** Where to return to after a danger; null while there is none. */
  #back: Shown | null = null;
  #leaveAt = 0;
  #shownAt = performance.now();

  constructor(private readonly view: View) {
    view.store.subscribe((change) => this.#look(change.kind === 'snapshot'));
    this.#look(true);
    setInterval(() => this.tick(performance.now()), TICK_MS);
    window.addEventListener('keydown', (event) => this.#key(event));
  }

  /** Everything that time alone decides; `now` in milliseconds of the page's own clock. */
  tick(now: number): void {
    this.#beAside(now);
    this.#dim();
    if (this.#back !== null) return this.#leave(now);
    const { rotate, turns } = this.view.params;
    if (rotate === 0 || now - this.#shownAt < rotate * 1_000) return;
    this.go(after(this.view.shown, turns, this.#below()));
  }

  go(shown: Shown): void {
    this.#shownAt = performance.now();
    this.#back = null;
    this.view.show(shown);
    const query = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries(shown))
      if (value === null) query.delete(name);
      else query.set(name, String(value));
    history.replaceState(history.state, '', `?${query.toString()}`);
  }

  /** A danger to life: go there. */
  alert(): void {
    const { view } = this;
    if (view.past) return;
    this.#leaveAt = performance.now() + (this.#unheard() ? UNHEARD_MS : HOLD_MS);
    if (view.shown.scene === 'incident') return;
    this.#back = view.shown;
    view.show({ scene: 'incident', focus: null });
  }

  /** Whether somebody has still to take up an alarm of danger to life. */
  #unheard(): boolean {
    const all = [...(this.view.alarms?.values() ?? [])];
    return all.some(({ kind, stands, acknowledgedAt }) => kind === 'life_safety' && stands && !acknowledgedAt);
  }

  #look(whole: boolean): void {
    const { view } = this;
    const state = view.store.state;
    if (state === null) return;
    const returned = this.#turned() && !view.past;
    const risen = this.#dangers.look(state.grids.values(), view.serverNow());
    const { standing } = this.#dangers;
    if (whole || risen.length > 0 || standing.length !== view.incidents.length) view.incidents = standing;
    if (risen.length > 0 || (returned && this.#unheard())) this.alert();
  }

  /** Whether the wall has just turned to another time: what stands there has not risen. */
  #turned(): boolean {
    const { past } = this.view;
    if (past === this.#past) return false;
    this.#past = past;
    this.#dangers = new Dangers();
    return true;
  }

  #leave(now: number): void {
    const over = this.view.incidents.length === 0 || (this.view.alarms !== null && !this.#unheard());
    if (over) this.#leaveAt = Math.min(this.#leaveAt, now + LINGER_MS);
    if (now < this.#leaveAt) return;
    const back = this.#back;
    this.#back = null;
    this.#shownAt = now;
    if (back !== null) this.view.show(back);
  }

  #below(): readonly { scope: string; open: number; overdue: number }[] {
    const { view } = this;
    const looked = view.shown.focus === null ? view : (view.inner ?? view);
    return looked.picture?.townships ?? [];
  }

  #beAside(now: number): void {
    const [x, y] = orbit(Math.floor(now / ORBIT_MS));
    document.body.style.translate = `${x}px ${y}px`;
  }

  #dim(): void {
    const { night } = this.view.params;
    const zone = this.view.picture?.district.timezone ?? 'UTC';
    const hour = Number(wallTime(this.view.serverNow(), zone).slice(11, 13));
    document.documentElement.classList.toggle('dim', night !== null && isNight(hour, night));
  }

  /** 1 to 5: a scene; Enter: into the worst place; Backspace: one level up. */
  #key({ key, target }: KeyboardEvent): void {
    if (target !== document.body) return;
    const scene = SCENES[Number(key) - 1];
    const { focus } = this.view.shown;
    const district = this.view.picture?.district.scope ?? '';
    if (scene !== undefined) this.go({ scene, focus: null });
    else if (key === 'Enter') {
      const deeper = worst(this.#below());
      if (deeper) this.go({ scene: 'townships', focus: deeper.scope });
    } else if (key === 'Backspace') this.go({ scene: 'townships', focus: above(focus, district) });
  }
}
