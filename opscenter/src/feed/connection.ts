/** The wall's feed: its subscription brought to its store, its heartbeats to the badge. */
import type { Freshness } from './freshness';
import { Line } from '../sdk';
import { type WallMessage, WALL_SUBSCRIPTION } from './messages';
import type { Pass } from '../ui/session';
import type { Store } from './store';

/** A wall is back within a second of its server; there are few of them, so they may ask often. */
const LONGEST_MS = 700;
/** A request on a dead line is given up; the next one may go another way. */
const ANSWER_MS = 1_000;

export interface FeedOptions {
  url: string;
  scope: string | null;
  /** A display's token with the proof of its key; nobody needs one to see the wall. */
  pass?: (() => Pass | null) | undefined;
  store: Store;
  freshness: Freshness;
  now: () => number;
  /** Called with the server's clock, in milliseconds since 1970. */
  onServerTime?: (milliseconds: number) => void;
  /** Called with the reason when the server refuses, with null when it answers. */
  onProblem?: (problem: string | null) => void;
}

export class Feed {
  #line: Line<WallMessage> | null = null;

  constructor(private readonly options: FeedOptions) {}

  /** Follow until stopped; who has been away in the past follows anew. */
  run(): Promise<void> {
    const { url, scope, store, pass, onProblem } = this.options;
    this.#line?.stop();
    this.#line = new Line<WallMessage>({
      url,
      query: WALL_SUBSCRIPTION,
      longestMs: LONGEST_MS,
      lives: () => lives(url),
      field: 'wall',
      variables: () => ({ scope, after: store.cursor }),
      token: () => pass?.()?.token ?? null,
      prove: async () => pass?.()?.prove?.('GET', '/graphql'),
      onMessage: (message) => this.#receive(message),
      onProblem,
    });
    return this.#line.run();
  }

  stop(): void {
    this.#line?.stop();
    this.#line = null;
  }

  /** Cut the present connection as a network failure would; the next attempt follows. */
  drop(): void {
    this.#line?.drop();
  }

  #receive(message: WallMessage): void {
    const { store, freshness, now, onServerTime } = this.options;
    store.apply(message);
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

/** Whether the server at a socket's address answers a request; a proxy before it says 502 to 504. */
async function lives(url: string): Promise<boolean> {
  const { href } = new URL('/live', url.replace(/^ws/, 'http'));
  try {
    const { status } = await fetch(href, { cache: 'no-store', signal: AbortSignal.timeout(ANSWER_MS) });
    return status < 500;
  } catch {
    return false;
  }
}
