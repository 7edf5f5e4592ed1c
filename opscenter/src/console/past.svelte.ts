/**
 * The queue of the past: as it stood at an instant, or told again at a pace.
 *
 * An instant is one question. A pace is the `replayCases` subscription, whose messages are the
 * live feed's own, so the same fold shows them; its heartbeats say which instant is told. The
 * address remembers that instant now and then, and a jump in the address begins anew.
 */
import { Line, lineUrl } from '../sdk';
import { address } from '../ui/address.svelte';
import { signed } from '../ui/signed.svelte';
import type { TimeContext } from '../ui/time';
import { Cases, MOST, type Page } from './cases';
import { type AsOf, type CaseLine, REPLAY_CASES, type ReplayMessage } from './questions';

const TICK_MS = 250;
/** How often the address learns of the instant: browsers allow only so many changes. */
const WRITE_MS = 2_000;

export type ReadPage = (after: string | null, asOf: AsOf) => Promise<Page>;

const asOfInstant = (at: number): AsOf => ({ effectiveAt: new Date(at).toISOString() });

export class Past {
  /** The open cases of the instant; null while it is live, or not read yet. */
  lines = $state.raw<CaseLine[] | null>(null);
  /** The instant that is told, while it plays; milliseconds since 1970. */
  told = $state<number | null>(null);
  #playing: Playing | null = null;
  #seeking = false;
  #wanted: number | null = null;

  constructor(
    private readonly page: ReadPage,
    private readonly onProblem: (problem: string | null) => void,
  ) {}

  /** Follow the address: to live, to an instant, or on at a pace. */
  go(time: TimeContext): void {
    if (time.mode === 'replay' && this.#playing?.tells(time)) return;
    this.#playing?.stop();
    this.#playing = null;
    this.told = null;
    if (time.mode === 'live') {
      this.lines = null;
      this.#wanted = null;
    } else if (time.speed === null) void this.#seek(time.at);
    else this.#play(time.at, time.speed);
  }

  stop(): void {
    this.go({ mode: 'live' });
  }

  #play(at: number, speed: number): void {
    this.#wanted = null;
    this.told = at;
    const playing = new Playing(at, speed, {
      page: this.page,
      onLines: (lines) => (this.lines = lines),
      onInstant: (instant) => (this.told = instant),
      onProblem: this.onProblem,
    });
    this.#playing = playing;
    playing.start();
  }

  /** Show the open cases of an instant; while one is read, only the latest asked for waits. */
  async #seek(at: number): Promise<void> {
    this.#wanted = at;
    if (this.#seeking) return;
    this.#seeking = true;
    try {
      const lines = await this.#all(asOfInstant(at));
      if (this.#wanted !== null) this.lines = lines;
    } catch (problem) {
      this.onProblem(String(problem));
    } finally {
      this.#seeking = false;
    }
    if (this.#wanted !== null && this.#wanted !== at) await this.#seek(this.#wanted);
  }

  async #all(asOf: AsOf): Promise<CaseLine[]> {
    const lines: CaseLine[] = [];
    let after: string | null = null;
    do {
      const page: Page = await this.page(after, asOf);
      lines.push(...page.nodes);
      after = page.next;
    } while (after !== null && lines.length < MOST);
    return lines;
  }
}

interface Told {
  page: ReadPage;
  onLines: (lines: CaseLine[]) => void;
  onInstant: (at: number) => void;
  onProblem: (problem: string | null) => void;
}

/** One telling at one pace. */
class Playing {
  readonly #cases = new Cases();
  readonly #line: Line<ReplayMessage>;
  #timer: ReturnType<typeof setInterval> | undefined;
  /** The instant last told, and the page's own clock then. */
  #heard: { at: number; now: number };
  #written: number;
  #writtenNow = performance.now();
  #turned = false;

  constructor(
    readonly at: number,
    readonly speed: number,
    private readonly told: Told,
  ) {
    this.#heard = { at, now: performance.now() };
    this.#written = at;
    this.#cases.subscribe(() => (this.#turned = true));
    this.#line = new Line<ReplayMessage>({
      url: lineUrl(location),
      query: REPLAY_CASES,
      field: 'replayCases',
      variables: () => ({ from: new Date(at).toISOString(), speed, after: this.#cases.cursor }),
      token: () => signed.session?.token ?? null,
      onMessage: (message) => this.#take(message),
      onProblem: told.onProblem,
    });
  }

  start(): void {
    void this.#line.run();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  stop(): void {
    this.#line.stop();
    clearInterval(this.#timer);
  }

  /** Whether this is what the address asks for: its pace, from where it was last written. */
  tells(time: TimeContext & { mode: 'replay' }): boolean {
    return time.speed === this.speed && Math.abs(time.at - this.#written) < 1_000;
  }

  #take(message: ReplayMessage): void {
    if (message.__typename === 'Heartbeat')
      this.#heard = { at: Date.parse(message.serverTime), now: performance.now() };
    if (this.#cases.apply(message)) void this.#read();
  }

  /** All pages as of where the telling stands; what is told meanwhile is folded in. */
  async #read(): Promise<void> {
    const asOf = asOfInstant(this.#heard.at);
    await this.#cases
      .read((after) => this.told.page(after, asOf))
      .catch((problem: unknown) => this.told.onProblem(String(problem)));
  }

  #tick(): void {
    const now = performance.now();
    const at = this.#heard.at + (now - this.#heard.now) * this.speed;
    this.told.onInstant(at);
    if (this.#turned) {
      this.#turned = false;
      this.told.onLines([...this.#cases.lines.values()]);
    }
    if (now - this.#writtenNow < WRITE_MS) return;
    this.#writtenNow = now;
    const time = address.time;
    if (time.mode !== 'replay') return;
    this.#written = Math.round(at / 1_000) * 1_000;
    address.travel({ ...time, at: this.#written });
  }
}
