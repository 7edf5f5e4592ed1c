/**
 * A line to the server: one graphql-transport-ws subscription at a time, for ever.
 *
 * Each attempt is a fresh connection with the present variables. A subscription that ends,
 * fails, is refused or goes silent is followed by the next attempt; whoever listens keeps what
 * it has meanwhile.
 */
import { Backoff } from './backoff';
import { type Asked, Subscribed } from './socket';

/** Three heartbeats, and a little. */
const SILENCE_MS = 6_500;
/** A resync that no snapshot follows is asked for again. */
const RESYNC_MS = 1_500;

/** Every subscription of the platform says Snapshot, Delta, Resync and Heartbeat. */
export interface Message {
  __typename: string;
}

interface Result<M> {
  data?: Record<string, M> | null;
  errors?: unknown;
}

export interface LineOptions<M extends Message> extends Pick<Asked, 'url' | 'query' | 'webSocketImpl'> {
  /** The root field that the subscription's messages come under. */
  field: string;
  variables: () => Record<string, unknown>;
  /** Silence after which the socket is taken for half-open; three heartbeats missed. */
  silenceMs?: number;
  /** The longest wait between two attempts; ten seconds, as thousands may follow. */
  longestMs?: number;
  /**
   * Asked before each further attempt: whether there is a server. Browsers hold new sockets back
   * for up to five seconds after many that failed, a request never: who tries often asks first.
   */
  lives?: () => Promise<boolean>;
  onMessage: (message: M) => void;
  token?: () => string | null;
  /** Makes the proof of a token that is bound to a key, anew for each attempt. */
  prove?: (() => Promise<string | undefined>) | undefined;
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
  readonly #backoff: Backoff;
  #stopped = false;
  #drop: (() => void) | null = null;
  #wake: (() => void) | null = null;

  constructor(private readonly options: LineOptions<M>) {
    this.#backoff = new Backoff(Math.random, options.longestMs);
  }

  async run(): Promise<void> {
    while (!this.#stopped) {
      await this.#listen().catch((problem) => this.options.onProblem?.(describe(problem)));
      do {
        if (this.#stopped) return;
        await this.#pause();
      } while (this.options.lives && !(await this.options.lives()));
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      setTimeout(resolve, this.#backoff.next());
    });
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
    const { variables, token, silenceMs = SILENCE_MS } = this.options;
    const proof = await this.options.prove?.();
    if (this.#stopped) return;
    let heard = performance.now();
    let snapshotBy = Infinity;
    const asked = { ...this.options, variables: variables(), token: token?.(), proof };
    const subscribed = new Subscribed(asked, (result) => {
      heard = performance.now();
      const kind = this.#take(result as Result<M>);
      if (kind === 'Resync') snapshotBy = heard + RESYNC_MS;
      if (kind.endsWith('Snapshot')) snapshotBy = Infinity;
    });
    this.#drop = subscribed.cut;
    const watchdog = setInterval(() => {
      const now = performance.now();
      if (now - heard > silenceMs || now > snapshotBy) subscribed.cut();
    }, Math.min(500, silenceMs / 4));
    try {
      await subscribed.ended;
    } finally {
      clearInterval(watchdog);
      this.#drop = null;
    }
  }

  /** Hand a message on; its kind. Throws what the server says instead of one. */
  #take({ data, errors }: Result<M>): string {
    const message = data?.[this.options.field];
    if (errors || !message) throw errors ?? new Error('empty message');
    this.#backoff.reset();
    this.options.onMessage(message);
    this.options.onProblem?.(null);
    return message.__typename;
  }
}
