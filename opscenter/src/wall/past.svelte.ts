/**
 * The wall's time machine, loaded only when it is asked for.
 *
 * The same store and panels show the past: an instant is one question, a pace is a replay
 * subscription whose messages are the live wall's own. The clock stays real. The way back
 * is a fresh start of the page, so that nothing of the past can stay on a live wall.
 */
import './past.css';
import { mount } from 'svelte';
import { Line, lineUrl } from '../sdk';
import type { WallMessage } from '../feed/messages';
import { ask } from '../ui/graphql';
import { readTime, type TimeContext, writeTime } from '../ui/time';
import Past from './Past.svelte';
import { REPLAY, WALL_PAST } from './past-documents';
import type { View } from './view.svelte';

const HOUR_MS = 3_600_000;
const TICK_MS = 250;
/** After a failure the same instant is asked for again. */
const AGAIN_MS = 1_000;

export class PastWall {
  time = $state.raw<TimeContext & { mode: 'replay' }>({ mode: 'replay', at: Date.now(), speed: null });
  #line: Line<WallMessage> | null = null;
  /** Where the present pace began: the instant, and the page's own clock then. */
  #begun = { at: 0, now: 0 };
  #asking = false;

  constructor(
    readonly view: View,
    at: TimeContext,
  ) {
    view.feed.stop();
    view.serverNow = () => this.time.at;
    setInterval(() => this.#tick(), TICK_MS);
    this.travel(at.mode === 'replay' ? at : { mode: 'replay', at: view.pulse.serverNow - HOUR_MS, speed: null });
  }

  travel(time: TimeContext): void {
    if (time.mode === 'live') return this.#leave();
    const jumped = Math.abs(time.at - this.time.at) > 1 || time.speed !== this.time.speed;
    this.time = time;
    this.#remember();
    if (jumped || this.view.store.state === null) this.#go();
  }

  #go(): void {
    this.#line?.stop();
    this.#line = null;
    this.#begun = { at: this.time.at, now: performance.now() };
    if (this.time.speed === null) void this.#stand();
    else this.#play(this.time.speed);
  }

  /** Show the wall as it stood; while one instant is asked for, only the latest waits. */
  async #stand(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    const { view, time } = this;
    const variables = { scope: view.params.scope, at: new Date(time.at).toISOString() };
    try {
      const { data } = await ask(WALL_PAST, variables, null);
      const { wall } = data;
      if (this.time.speed === null)
        view.store.apply({ __typename: 'WallSnapshot', cursor: '', position: wall.position, scene: wall });
      view.problem = null;
    } catch (problem) {
      view.problem = String(problem);
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    } finally {
      this.#asking = false;
    }
    const later = this.time;
    if (later.speed === null && (later.at !== time.at || view.problem !== null)) await this.#stand();
  }

  #play(speed: number): void {
    const { view, time } = this;
    view.store.forget();
    this.#line = new Line<WallMessage>({
      url: lineUrl(location),
      query: REPLAY,
      field: 'replay',
      variables: () => ({
        scope: view.params.scope, from: new Date(time.at).toISOString(), speed, after: view.store.cursor,
      }),
      onMessage: (message) => this.#told(message),
      onProblem: (problem) => (view.problem = problem),
    });
    void this.#line.run();
  }

  #told(message: WallMessage): void {
    this.view.store.apply(message);
    if (message.__typename === 'Heartbeat')
      this.#begun = { at: Date.parse(message.serverTime), now: performance.now() };
  }

  /** The told instant moves on between messages, and the picture does not grow old. */
  #tick(): void {
    const now = performance.now();
    this.view.freshness.beat(now, { head: '0', oldestUnappliedAgeMs: 0 });
    const { speed } = this.time;
    if (speed === null) return;
    const at = this.#begun.at + (now - this.#begun.now) * speed;
    if (at >= this.view.pulse.serverNow) return this.#leave();
    this.time = { ...this.time, at };
    this.#remember();
  }

  #remember(): void {
    const query = new URLSearchParams(location.search);
    const { at, speed } = writeTime({ ...this.time, at: Math.round(this.time.at / 1_000) * 1_000 });
    if (at !== null) query.set('at', at);
    if (speed === null) query.delete('speed');
    else query.set('speed', speed);
    const search = `?${query.toString()}`;
    if (search !== location.search) history.replaceState(null, '', search);
  }

  #leave(): void {
    this.#line?.stop();
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
