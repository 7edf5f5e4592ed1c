/**
 * The wall's time machine, loaded only when it is asked for.
 *
 * The same store and panels show the past. The first instant of a day is one question; meanwhile
 * the whole day comes as columns, and every further instant of it is folded here. A pace is a
 * replay subscription whose messages are the live wall's own. The clock stays real. On the way
 * back the past stays on the screen, and says so, until the first picture of the present is there:
 * a page loaded anew would be an error wherever the server is away (ADR 0051).
 */
import './past.css';
import { mount, unmount } from 'svelte';
import { LIVE, readTime, type TimeContext, writeTime } from '../ui/time';
import Past from './Past.svelte';
import { Traveller } from './traveller';
import type { View } from './view.svelte';

const HOUR_MS = 3_600_000;
const TICK_MS = 250;
/** The address follows a moving scrubber at this distance: browsers count such changes. */
const REMEMBER_MS = 300;

export class PastWall {
  time = $state.raw<TimeContext & { mode: 'replay' }>({ mode: 'replay', at: Date.now(), speed: null });
  readonly #own: Traveller;
  readonly #restore: () => void;
  #all: Traveller[];
  #remembering: ReturnType<typeof setTimeout> | undefined;
  readonly #ticking = setInterval(() => this.#tick(), TICK_MS);
  /** On the way back: the first picture of the present is awaited. */
  #leaving = false;

  /** `over` is called once the wall is in the present again. */
  constructor(
    readonly view: View,
    at: TimeContext,
    private readonly over: () => void,
  ) {
    this.#own = new Traveller(view, this);
    this.#all = [this.#own];
    const { serverNow, begin } = view;
    this.#restore = () => Object.assign(view, { serverNow, begin });
    view.lookBack();
    view.past = true;
    view.pace.forget();
    view.serverNow = () => this.time.at;
    view.begin = (inner) => this.#also(inner);
    this.travel(at.mode === 'replay' ? at : { mode: 'replay', at: view.pulse.serverNow - HOUR_MS, speed: null });
  }

  travel(time: TimeContext): void {
    if (time.mode === 'live') return this.#leave();
    const jumped = this.#leaving || Math.abs(time.at - this.time.at) > 1 || time.speed !== this.time.speed;
    if (this.#leaving) this.view.lookBack(); // whoever moves the scrubber meanwhile stays
    this.#leaving = false;
    this.time = time;
    this.#remember();
    if (jumped || this.view.store.state === null) for (const one of this.#all) one.go();
  }

  /** Take an inner view along; the answer lets it go. */
  #also(inner: View): () => void {
    const one = new Traveller(inner, this);
    inner.serverNow = () => this.time.at;
    inner.watch();
    this.#all = [...this.#all, one];
    one.go();
    return () => {
      this.#all = this.#all.filter((other) => other !== one);
      one.stop();
      inner.stop();
    };
  }

  /** The told instant moves on between messages, and the picture does not grow old. */
  #tick(): void {
    if (this.#leaving) return;
    const now = performance.now();
    for (const { view } of this.#all) view.freshness.beat(now, { head: '0', oldestUnappliedAgeMs: 0 });
    const { speed } = this.time;
    if (speed === null) return;
    const at = this.#own.told(speed);
    if (at >= this.view.pulse.serverNow) return this.#leave();
    this.time = { ...this.time, at };
    this.#remember();
  }

  #remember(): void {
    this.#remembering ??= setTimeout(() => this.#write(), REMEMBER_MS);
  }

  #write(): void {
    clearTimeout(this.#remembering);
    this.#remembering = undefined;
    const query = new URLSearchParams(location.search);
    const time: TimeContext = this.#leaving ? LIVE : { ...this.time, at: Math.round(this.time.at / 1_000) * 1_000 };
    for (const [name, value] of Object.entries(writeTime(time)))
      if (value === null) query.delete(name);
      else query.set(name, value);
    const search = query.size > 0 ? `?${query.toString()}` : '';
    if (search !== location.search) history.replaceState(history.state, '', `${location.pathname}${search}`);
  }

  /** What is shown grows old from here on, until the present has come. */
  #leave(): void {
    if (this.#leaving) return;
    this.#leaving = true;
    for (const one of this.#all) one.stop();
    this.#write();
    this.view.comeBack(() => this.#left());
  }

  #left(): void {
    const { view } = this;
    clearInterval(this.#ticking);
    this.#restore();
    view.pace.forget();
    Object.assign(view, { past: false, day: null, shownAt: null });
    this.over();
  }
}

/** Turn the wall to the past: to the address's instant, else an hour back. */
export function enter(view: View): void {
  if (view.past) return;
  const target = document.createElement('div');
  const { dataset } = document.documentElement;
  document.body.prepend(target);
  dataset['mode'] = 'replay';
  const past = new PastWall(view, readTime(new URLSearchParams(location.search)), () => {
    delete dataset['mode'];
    void unmount(bar);
    target.remove();
  });
  const bar = mount(Past, { target, props: { past } });
}
