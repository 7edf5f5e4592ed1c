/**
 * The wall's time machine, loaded only when it is asked for.
 *
 * The same store and panels show the past. The first instant of a day is one question; meanwhile
 * the whole day comes as columns, and every further instant of it is folded here. A pace is a
 * replay subscription whose messages are the live wall's own. The clock stays real. The way back
 * is a fresh start of the page, so that nothing of the past can stay on a live wall.
 */
import './past.css';
import { mount } from 'svelte';
import type { Scene, WallMessage } from '../feed/messages';
import type { Lang } from '../i18n';
import { Line, lineUrl } from '../sdk';
import { DAY_MS } from '../ui/days';
import { ask } from '../ui/graphql';
import { readTime, type TimeContext, writeTime } from '../ui/time';
import { FoldedDay } from './day';
import Past from './Past.svelte';
import { REPLAY, WALL_DAY, WALL_PAST } from './past-documents';
import type { View } from './view.svelte';

const HOUR_MS = 3_600_000;
const TICK_MS = 250;
/** After a failure the same instant is asked for again. */
const AGAIN_MS = 1_000;
/** A day, its neighbours, and where one came from. */
const DAYS_KEPT = 5;
/** The address follows a moving scrubber at this distance: browsers count such changes. */
const REMEMBER_MS = 300;
/** The neighbours of a day are fetched when nobody has moved for so long. */
const IDLE_MS = 400;
const FRESH_MS = 300_000;
/** Which slices of it are meant is said by the letters alone. */
const FONT = '1em "Noto Sans SC"';

/** One view in the past: the wall's own, or that of an area a scene looks into. */
class Traveller {
  #line: Line<WallMessage> | null = null;
  /** Where the present pace began: the instant, and the page's own clock then. */
  #begun = { at: 0, now: 0 };
  #asking = false;
  /** Days that can be folded here, the latest first, and the midnight that is being loaded. */
  #days: { day: FoldedDay; loadedAt: number }[] = [];
  #loading = false;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly view: View,
    private readonly past: PastWall,
  ) {}

  go(): void {
    this.#line?.stop();
    this.#line = null;
    const { at, speed } = this.past.time;
    this.#begun = { at, now: performance.now() };
    if (speed === null) void this.#stand();
    else this.#play(at, speed);
  }

  stop(): void {
    clearTimeout(this.#idle);
    this.#line?.stop();
    this.#line = null;
  }

  /** The instant that is told now, at a pace. */
  told(speed: number): number {
    return this.#begun.at + (performance.now() - this.#begun.now) * speed;
  }

  /** Show the wall as it stood: folded here where the day is there, else asked for. */
  async #stand(): Promise<void> {
    const { at } = this.past.time;
    const day = this.#dayOf(at);
    if (day !== null) {
      this.view.day = day.start;
      this.#show(day.sceneAt(at), at);
      return this.#neighbours(at);
    }
    if (!this.#asking) await this.#ask(at);
    else void this.#load(at);
  }

  /** Ask for an instant; while one is asked for, only the latest waits. */
  async #ask(at: number): Promise<void> {
    const { view, past } = this;
    this.#asking = true;
    try {
      const { data } = await ask(WALL_PAST, this.#asked(at), null);
      if (past.time.speed === null && this.#dayOf(past.time.at) === null) this.#show(data.wall, at);
      view.problem = null;
      void this.#load(at);
    } catch (problem) {
      view.problem = String(problem);
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    } finally {
      this.#asking = false;
    }
    const later = past.time;
    if (later.speed === null && (later.at !== at || view.problem !== null)) await this.#stand();
  }

  /** Fetch the whole day of an instant, so that the next one in it needs no server. */
  async #load(at: number): Promise<void> {
    if (this.#loading || this.#dayOf(at) !== null) return;
    this.#loading = true;
    try {
      const { data } = await ask(WALL_DAY, this.#asked(at), null);
      const day = ready(new FoldedDay(data.wallDay), this.view.params.lang);
      this.#days = [{ day, loadedAt: performance.now() }, ...this.#days].slice(0, DAYS_KEPT);
      if (day.holds(this.past.time.at)) this.view.day = day.start;
      this.#neighbours(at);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS)); // instants are asked for meanwhile
    } finally {
      this.#loading = false;
    }
    const later = this.past.time;
    if (later.speed === null && later.at !== at && this.#dayOf(later.at) === null) await this.#load(later.at);
  }

  /** Fetch the days beside one, once nobody moves: the next step is often there. */
  #neighbours(at: number): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(async () => {
      const here = this.#dayOf(at);
      if (here === null || !here.holds(this.past.time.at)) return;
      for (const beside of [at - DAY_MS, at + DAY_MS])
        if (beside < this.view.pulse.serverNow) await this.#load(beside);
    }, IDLE_MS);
  }

  /** A day is loaded again after a while: something may have been recorded of it since. */
  #dayOf(at: number): FoldedDay | null {
    const fresh = performance.now() - FRESH_MS;
    return this.#days.find(({ day, loadedAt }) => loadedAt > fresh && day.holds(at))?.day ?? null;
  }

  #asked(at: number): { scope: string | null; at: string } {
    return { scope: this.view.params.scope, at: new Date(at).toISOString() };
  }

  #show(scene: Scene, at: number): void {
    this.view.shownAt = at;
    this.view.store.apply({ __typename: 'WallSnapshot', cursor: '', position: scene.position, scene });
  }

  #play(at: number, speed: number): void {
    const { view } = this;
    view.store.forget();
    this.#line = new Line<WallMessage>({
      url: lineUrl(location),
      query: REPLAY,
      field: 'replay',
      variables: () => ({
        scope: view.params.scope, from: new Date(at).toISOString(), speed, after: view.store.cursor,
      }),
      onMessage: (message) => this.#heard(message),
      onProblem: (problem) => (view.problem = problem),
    });
    void this.#line.run();
  }

  #heard(message: WallMessage): void {
    this.view.store.apply(message);
    if (message.__typename === 'Heartbeat')
      this.#begun = { at: Date.parse(message.serverTime), now: performance.now() };
  }
}

/**
 * What the first seeks of a day would wait for: the slices of the font that its lines are written
 * with (one that comes later lays out and paints every text again), and the fold's own code.
 */
function ready(day: FoldedDay, lang: Lang): FoldedDay {
  if (lang === 'zh')
    void import('virtual:fonts-rare.css')
      .then(() => document.fonts.load(FONT, day.letters))
      .catch(() => undefined); // the server is away: the system's letters meanwhile
  day.sceneAt(day.to);
  return day;
}

export class PastWall {
  time = $state.raw<TimeContext & { mode: 'replay' }>({ mode: 'replay', at: Date.now(), speed: null });
  readonly #own: Traveller;
  #all: Traveller[];
  #remembering: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly view: View,
    at: TimeContext,
  ) {
    this.#own = new Traveller(view, this);
    this.#all = [this.#own];
    view.feed.stop();
    view.serverNow = () => this.time.at;
    view.begin = (inner) => this.#also(inner);
    setInterval(() => this.#tick(), TICK_MS);
    this.travel(at.mode === 'replay' ? at : { mode: 'replay', at: view.pulse.serverNow - HOUR_MS, speed: null });
  }

  travel(time: TimeContext): void {
    if (time.mode === 'live') return this.#leave();
    const jumped = Math.abs(time.at - this.time.at) > 1 || time.speed !== this.time.speed;
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
    this.#remembering ??= setTimeout(() => {
      this.#remembering = undefined;
      this.#write();
    }, REMEMBER_MS);
  }

  #write(): void {
    const query = new URLSearchParams(location.search);
    const { at, speed } = writeTime({ ...this.time, at: Math.round(this.time.at / 1_000) * 1_000 });
    if (at !== null) query.set('at', at);
    if (speed === null) query.delete('speed');
    else query.set('speed', speed);
    const search = `?${query.toString()}`;
    if (search !== location.search) history.replaceState(null, '', search);
  }

  #leave(): void {
    for (const one of this.#all) one.stop();
    clearTimeout(this.#remembering);
    const query = new URLSearchParams(location.search);
    query.delete('at');
    query.delete('speed');
    location.search = query.toString();
  }
}

/** Turn the wall to the past: to the address's instant, else an hour back. */
export function enter(view: View): void {
  if (document.documentElement.dataset['mode'] === 'replay') return;
  const target = document.createElement('div');
  document.body.prepend(target);
  document.documentElement.dataset['mode'] = 'replay';
  const past = new PastWall(view, readTime(new URLSearchParams(location.search)));
  mount(Past, { target, props: { past } });
}
