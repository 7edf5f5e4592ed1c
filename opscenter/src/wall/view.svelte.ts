/**
 * The bridge from the framework-free store to the components.
 *
 * The store may change a thousand times a second, an eye can't read that: the first change
 * after a pause shows at once, then at most four times a second, always one whole position.
 */
import { Feed } from '../feed/connection';
import { lineUrl } from '../sdk';
import { Freshness, type Cause, type Liveness } from '../feed/freshness';
import type { Area, AreaLoad, DepartmentLoad, FeedEntry, Overview } from '../feed/messages';
import { type Change, Store } from '../feed/store';
import { Pace } from './pace';
import type { Pass } from '../ui/session';
import type { Params, Shown } from './params';

const FLUSH_MS = 250;
const TICK_MS = 100;
/** Heartbeats come at this distance. */
const BEAT_MS = 2_500;
/** Age and clock are told so often, by the server's clock; what the badge says at once. */
const TOLD_MS = 500;
/** How often a wall without a district asks whether there is one now. */
const ASK_AGAIN_MS = 5_000;

/** One coherent picture: every number in it belongs to `position`. */
export interface Picture {
  position: number;
  district: Area;
  overview: Overview;
  departments: DepartmentLoad[];
  townships: AreaLoad[];
  feed: FeedEntry[];
}

export interface Pulse {
  liveness: Liveness;
  cause: Cause;
  ageMs: number;
  /** The server's clock now, in milliseconds since 1970. */
  serverNow: number;
}

/** A grid in which somebody's life is in danger. */
export interface Incident {
  grid: string;
  /** When this screen learnt of it, in milliseconds since 1970; null: it already was so. */
  since: number | null;
}

/** An alarm as a display may know it. */
export interface Raised {
  id: string;
  kind: string;
  number: string;
  category: { name: string; nameEn: string } | null;
  raisedAt: string;
  acknowledgedAt: string | null;
  clearedAt: string | null;
  stands: boolean;
}

const busiest = (a: { open: number; overdue: number }, b: { open: number; overdue: number }): number =>
  b.open - a.open || b.overdue - a.overdue;

/** How an inner view lives in the present. */
function live(inner: View): () => void {
  inner.start();
  return () => inner.stop();
}

export class View {
  picture = $state.raw<Picture | null>(null);
  pulse = $state.raw<Pulse>({ liveness: 'connecting', cause: 'link', ageMs: 0, serverNow: Date.now() });
  problem = $state.raw<string | null>(null);
  shown = $state.raw<Shown>({ scene: 'overview', focus: null });
  incidents = $state.raw<readonly Incident[]>([]);
  /** Alarms by id; null while this display may not know them. */
  alarms = $state.raw<ReadonlyMap<string, Raised> | null>(null);
  /** Whether the wall looks back. */
  past = $state.raw(false);
  /** The day of the past that is folded in this page, by its start; null: none yet. */
  day = $state.raw<string | null>(null);
  /** The instant of the past that is shown, in milliseconds since 1970; for measurements. */
  shownAt: number | null = null;
  /** The view of the area that a scene looks into. */
  inner = $state.raw<View | null>(null);
  /** Starts an inner view and returns how to stop it; the time machine puts its own here. */
  begin = $state.raw<(inner: View) => () => void>(live);

  readonly store = new Store();
  readonly pace = new Pace();
  readonly freshness = new Freshness(performance.now());
  readonly feed: Feed;
  #serverAhead = 0;
  /** Called with the first picture of the present, before anybody sees it. */
  #onPresent: (() => void) | null = null;
  #flushedAt = -Infinity;
  #told = 0;
  #timed = false;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #ticking: ReturnType<typeof setInterval> | undefined;

  constructor(
    readonly params: Params,
    readonly pass: () => Pass | null = () => null,
  ) {
    this.shown = { scene: params.scene, focus: params.focus };
    this.feed = new Feed({
      url: lineUrl(location),
      scope: params.scope,
      pass: this.pass,
      store: this.store,
      freshness: this.freshness,
      now: () => performance.now(),
      onServerTime: (at) => this.#heardTime(at - performance.now()),
      onProblem: (problem) => (this.problem = problem),
    });
    this.store.subscribe((change) => this.#changed(change));
    this.#serverAhead = Date.now() - performance.now();
  }

  /** Start the feed and the badge's clock; runs until the page is closed. */
  start(): void {
    void this.feed.run();
    this.watch();
  }

  /** Let the badge's clock go without a feed, as the time machine wants it. */
  watch(): void {
    this.#ticking ??= setInterval(() => this.#tick(), TICK_MS);
  }

  stop(): void {
    this.feed.stop();
    clearInterval(this.#ticking);
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  /** From the past to what is now; what is shown stays until `then` is called, with the first picture. */
  comeBack(then: () => void): void {
    this.#onPresent = then;
    this.store.forget();
    void this.feed.run();
  }

  /** Leave the present to itself: no picture of it comes any more. */
  lookBack(): void {
    this.#onPresent = null;
    this.feed.stop();
  }

  /** A view of an area inside this one, with the same words and sizes. */
  inside(scope: string): View {
    return new View({ ...this.params, scope }, this.pass);
  }

  show(shown: Shown): void {
    const { scene, focus } = this.shown;
    if (shown.scene !== scene || shown.focus !== focus) this.shown = shown;
  }

  /** The instant that is shown, in milliseconds since 1970: the server's clock, unless replaced. */
  serverNow(): number {
    return performance.now() + this.#serverAhead;
  }

  /** What was longer on its way, such as the last heartbeat that who comes back is given, says less. */
  #heardTime(ahead: number): void {
    const later = this.#serverAhead - ahead;
    if (!this.#timed || later < 0 || later > BEAT_MS) this.#serverAhead = ahead;
    this.#timed = true;
  }

  #changed(change: Change): void {
    const now = performance.now();
    if (change.kind === 'snapshot') this.#present();
    if (change.kind === 'delta') this.pace.add(change.feed, now);
    if (change.kind === 'snapshot' && change.state.district.code === '') this.#askAgain();
    const wait = change.kind === 'snapshot' ? 0 : this.#flushedAt + FLUSH_MS - now;
    if (wait <= 0) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), wait);
  }

  #present(): void {
    const told = this.#onPresent;
    this.#onPresent = null;
    told?.();
  }

  /** A subscription to a place without a district never changes: ask for a new one. */
  #askAgain(): void {
    setTimeout(() => {
      this.store.forget();
      this.feed.drop();
    }, ASK_AGAIN_MS);
  }

  #flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#flushedAt = performance.now();
    const state = this.store.state;
    if (state === null) return;
    this.picture = {
      position: state.position,
      district: state.district,
      overview: state.overview,
      departments: [...state.departments.values()].sort(busiest),
      townships: [...state.townships.values()].sort(busiest),
      feed: state.feed,
    };
  }

  #tick(): void {
    const now = performance.now();
    const [liveness, cause] = [this.freshness.liveness(now), this.freshness.cause(now)];
    const serverNow = now + this.#serverAhead;
    const told = Math.floor(serverNow / TOLD_MS);
    const { pulse } = this;
    if (told === this.#told && liveness === pulse.liveness && cause === pulse.cause) return;
    this.#told = told;
    this.pulse = { liveness, cause, ageMs: this.freshness.age(now), serverNow };
  }
}
