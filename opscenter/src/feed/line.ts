/**
 * A line to the server: one graphql-transport-ws subscription at a time, for ever.
 *
 * The library's own retry would send the first `after` again, so each attempt is a fresh
 * client with the present variables. A subscription that ends, fails, is refused or goes
 * silent is followed by the next attempt; the screen keeps what it shows meanwhile.
 */
import { createClient } from 'graphql-ws';
import { Backoff } from './backoff';

/** Three heartbeats missed: the socket is taken for half-open. */
const SILENCE_MS = 6_500;
/** A resync that no snapshot follows is asked for again. */
const RESYNC_MS = 1_500;
const ACK_MS = 5_000;

/** Every subscription of the platform says Snapshot, Delta, Resync and Heartbeat. */
export interface Message {
  __typename: string;
}

export interface LineOptions<M extends Message> {
  url: string;
  /** The subscription, and the root field its messages come under. */
  query: string;
  field: string;
  variables: () => Record<string, unknown>;
  now: () => number;
  onMessage: (message: M) => void;
  token?: () => string | null;
  /** Called with the reason when the server refuses, with null when it answers. */
  onProblem?: ((problem: string | null) => void) | undefined;
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

/** The socket's address on this page's own origin. */
export function lineUrl({ protocol, host }: Location): string {
  return `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/graphql`;
}

export class Line<M extends Message> {
  #backoff = new Backoff();
  #stopped = false;
  #drop: (() => void) | null = null;
  #wake: (() => void) | null = null;

  constructor(private readonly options: LineOptions<M>) {}

  async run(): Promise<void> {
    while (!this.#stopped) {
      await this.#listen().catch((problem) => this.options.onProblem?.(describe(problem)));
      if (this.#stopped) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, this.#backoff.next());
      });
    }
  }

  stop(): void {
    this.#stopped = true;
    this.drop();
  }

  /** Cut the present connection as a network failure would; the next attempt follows. */
  drop(): void {
    this.#drop?.();
  }

  /** Ask anew at once, with the present variables: what is asked for has changed. */
  again(): void {
    this.#backoff.reset();
    this.drop();
    this.#wake?.();
  }

  async #listen(): Promise<void> {
    const { url, query, field, variables, token, now } = this.options;
    const held = token?.();
    const client = createClient({
      url,
      retryAttempts: 0,
      connectionAckWaitTimeout: ACK_MS,
      ...(held ? { connectionParams: { token: held } } : {}),
    });
    this.#drop = () => client.terminate();
    let heard = now();
    let snapshotBy = Infinity;
    const watchdog = setInterval(() => {
      if (now() - heard > SILENCE_MS || now() > snapshotBy) client.terminate();
    }, 500);
    try {
      const asked = { query, variables: variables() };
      for await (const result of client.iterate<Record<string, M>>(asked)) {
        const message = result.data?.[field];
        if (result.errors || !message) throw result.errors ?? new Error('empty message');
        heard = now();
        this.#backoff.reset();
        this.options.onMessage(message);
        this.options.onProblem?.(null);
        if (message.__typename === 'Resync') snapshotBy = now() + RESYNC_MS;
        if (message.__typename.endsWith('Snapshot')) snapshotBy = Infinity;
      }
    } finally {
      clearInterval(watchdog);
      this.#drop = null;
      void client.dispose();
    }
  }
}
