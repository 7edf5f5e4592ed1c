/**
 * One view in the past: the wall's own, or that of an area a scene looks into.
 *
 * It stands at an instant, folded here where the day is there, else asked for, or is told on at a
 * pace. Once stopped it shows nothing any more, whatever is still on its way.
 */
import type { Scene, WallMessage } from '../feed/messages';
import type { Lang } from '../i18n';
import { Line, lineUrl } from '../sdk';
import { DAY_MS } from '../ui/days';
import { ask } from '../ui/graphql';
import type { TimeContext } from '../ui/time';
import { FoldedDay } from './day';
import { REPLAY, WALL_DAY, WALL_PAST } from './past-documents';
import type { View } from './view.svelte';

/** After a failure the same instant is asked for again. */
const AGAIN_MS = 1_000;
/** A day, its neighbours, and where one came from. */
const DAYS_KEPT = 5;
/** The neighbours of a day are fetched when nobody has moved for so long. */
const IDLE_MS = 400;
const FRESH_MS = 300_000;
/** Which slices of it are meant is said by the letters alone. */
const FONT = '1em "Noto Sans SC"';

/** Where all views of a wall are in time. */
interface Place {
  readonly time: TimeContext & { mode: 'replay' };
}

export class Traveller {
  #line: Line<WallMessage> | null = null;
  /** Where the present pace began: the instant, and the page's own clock then. */
  #begun = { at: 0, now: 0 };
  #asking = false;
  /** Days that can be folded here, the latest first, and the midnight that is being loaded. */
  #days: { day: FoldedDay; loadedAt: number }[] = [];
  #loading = false;
  /** What is answered after it was stopped is shown no more. */
  #stopped = false;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly view: View,
    private readonly past: Place,
  ) {}

  go(): void {
    this.#line?.stop();
    this.#line = null;
    this.#stopped = false;
    const { at, speed } = this.past.time;
    this.#begun = { at, now: performance.now() };
    if (speed === null) void this.#stand();
    else this.#play(at, speed);
  }

  stop(): void {
    this.#stopped = true;
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
      if (this.#stopped) return;
      const wanted = past.time.at === at || this.#dayOf(past.time.at) === null; // else the day has shown it
      if (past.time.speed === null && wanted) this.#show(data.wall, at);
      view.problem = null;
      void this.#load(at);
    } catch (problem) {
      if (!this.#stopped) view.problem = String(problem);
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    } finally {
      this.#asking = false;
    }
    const later = past.time;
    if (this.#stopped) return;
    if (later.speed === null && (later.at !== at || view.problem !== null)) await this.#stand();
  }

  /** Fetch the whole day of an instant, so that the next one in it needs no server. */
  async #load(at: number): Promise<void> {
    if (this.#stopped || this.#loading || this.#dayOf(at) !== null) return;
    this.#loading = true;
    try {
      const { data } = await ask(WALL_DAY, this.#asked(at), null);
      const day = ready(new FoldedDay(data.wallDay), this.view.params.lang);
      if (this.#stopped) return;
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
    if (this.#stopped) return;
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
    if (this.#stopped) return;
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
