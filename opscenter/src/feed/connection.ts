/**
 * The live feed: one graphql-transport-ws subscription at a time, for ever.
 *
 * The library's own retry would send the first `after` again, so each attempt is a fresh
 * client with the store's present cursor. A subscription that ends, fails, is refused or
 * goes silent is followed by the next attempt; the screen keeps what it shows meanwhile.
 */
import { createClient } from 'graphql-ws';
import { Backoff } from './backoff';
import type { Freshness } from './freshness';
import { type WallMessage, WALL_SUBSCRIPTION } from './messages';
import type { Store } from './store';

/** Three heartbeats missed: the socket is taken for half-open. */
const SILENCE_MS = 6_500;
/** A resync that no snapshot follows is asked for again. */
const RESYNC_MS = 1_500;
const ACK_MS = 5_000;

export interface FeedOptions {
  url: string;
  scope: string | null;
  store: Store;
  freshness: Freshness;
  now: () => number;
  /** Called with the server's clock, in milliseconds since 1970. */
  onServerTime?: (milliseconds: number) => void;
  /** Called with the reason when the server refuses, with null when it answers. */
  onProblem?: (problem: string | null) => void;
}

/** The words of whatever a subscription failed with: a close event, errors or an Error. */
export function describe(problem: unknown): string {
  if (Array.isArray(problem)) return problem.map(describe).join('; ');
  if (typeof problem !== 'object' || problem === null) return String(problem);
  const { message, reason, extensions } = problem as Record<string, unknown>;
  const code = (extensions as Record<string, unknown> | undefined)?.['code'];
  const words = [code, message ?? reason].filter((word) => typeof word === 'string' && word);
  return words.join(': ');
}

export class Feed {
  #backoff = new Backoff();
  #stopped = false;
  #drop: (() => void) | null = null;

  constructor(private readonly options: FeedOptions) {}

  async run(): Promise<void> {
    while (!this.#stopped) {
      await this.#listen().catch((problem) => this.options.onProblem?.(describe(problem)));
      if (this.#stopped) return;
      await new Promise((resolve) => setTimeout(resolve, this.#backoff.next()));
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#drop?.();
  }

  /** Cut the present connection as a network failure would; the next attempt follows. */
  drop(): void {
    this.#drop?.();
  }

  async #listen(): Promise<void> {
    const { url, scope, store, now } = this.options;
    const client = createClient({ url, retryAttempts: 0, connectionAckWaitTimeout: ACK_MS });
    this.#drop = () => client.terminate();
    let heard = now();
    let snapshotBy = Infinity;
    const watchdog = setInterval(() => {
      if (now() - heard > SILENCE_MS || now() > snapshotBy) client.terminate();
    }, 500);
    try {
      const variables = { scope, after: store.cursor };
      for await (const result of client.iterate<{ wall: WallMessage }>({
        query: WALL_SUBSCRIPTION,
        variables,
      })) {
        const message = result.data?.wall;
        if (result.errors || !message) throw result.errors ?? new Error('empty message');
        heard = now();
        this.#receive(message);
        if (message.__typename === 'Resync') snapshotBy = now() + RESYNC_MS;
        if (message.__typename === 'WallSnapshot') snapshotBy = Infinity;
      }
    } finally {
      clearInterval(watchdog);
      this.#drop = null;
      void client.dispose();
    }
  }

  #receive(message: WallMessage): void {
    const { store, freshness, now, onServerTime, onProblem } = this.options;
    store.apply(message);
    this.#backoff.reset();
    onProblem?.(null);
    if (message.__typename === 'Heartbeat') {
      freshness.beat(now(), message);
      onServerTime?.(Date.parse(message.serverTime));
    } else if (message.__typename === 'WallSnapshot' || message.__typename === 'WallDelta') {
      freshness.reached(Number(message.position));
    }
    if (message.__typename === 'WallSnapshot') {
      onServerTime?.(Date.parse(message.scene.serverTime));
    }
  }
}
