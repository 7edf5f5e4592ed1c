/**
 * The chosen case: the whole of it, and its words as far as they may be read.
 *
 * It is a question of its own, asked again whenever the feed says that the case moved, as of
 * the instant that the desk looks at. Of two questions under way the later one counts.
 */
import type { Answer, Variables } from '../generated/operations';
import { type Answered, mayPass, Refusal } from '../ui/graphql';
import { newId } from '../ui/ids';
import { signed } from '../ui/signed.svelte';
import {
  type AsOf, type CaseEvent, type CaseLine, type CaseText, type CaseWhole, FOUND, type Purpose, type SimilarCase, TEXT, WHOLE,
} from './questions';

/** When a case is asked for again whose read model hangs, or whose question failed. */
const AGAIN_MS = 1_000;

export interface Whole {
  case: CaseWhole;
  events: CaseEvent[];
  similar: SimilarCase[];
}

/** What the chosen case is chosen from. */
interface Desk {
  /** The instant that is looked at; null is now. */
  readonly then: AsOf;
  readonly all: readonly CaseLine[];
  line(number: string | null): CaseLine | null;
  choose(number: string | null): void;
}

export class Chosen {
  whole = $state.raw<Whole | null>(null);
  text = $state.raw<CaseText | 'forbidden' | null>(null);
  missing = $state(false);
  /** Why the case could not be asked for, a code; null when it could. */
  failed = $state<string | null>(null);
  readonly #desk: Desk;
  #asked = '';
  /** The last position that was written from this desk to a case, by its id. */
  #written = new Map<string, number>();

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Ask for the whole of a case; what fails in passing is asked again while it is chosen. */
  async look(number: string): Promise<void> {
    const asked = (this.#asked = `${number} ${newId()}`);
    if (this.whole?.case.number !== number) {
      this.whole = null;
      this.text = null;
      this.missing = false;
      this.failed = null;
    }
    try {
      const line = this.#desk.line(number) ?? (await this.#findLine(number));
      if (asked !== this.#asked) return;
      if (line === null) {
        const meant = this.#endingIn(number);
        if (meant) return this.#desk.choose(meant.number);
        this.missing = true;
        return;
      }
      await this.#take(line.id, asked);
    } catch (problem) {
      if (asked !== this.#asked) return;
      this.failed = problem instanceof Refusal ? problem.code : 'UNREACHABLE';
      if (mayPass(problem)) setTimeout(() => asked === this.#asked && void this.look(number), AGAIN_MS);
    }
  }

  async #take(id: string, asked: string): Promise<void> {
    const asOf = this.#desk.then;
    const { data } = await this.ask({ id, asOf, live: asOf === null });
    if (asked !== this.#asked) return;
    [this.missing, this.failed] = [data.case === null, null];
    this.whole = data.case && {
      case: data.case, events: data.caseTimeline.nodes, similar: data.similarCases ?? [],
    };
    await this.#read(id, asked);
  }

  /** The whole of a case with what was written here; as it is where the read models hang. */
  async ask(asked: Variables<'Whole'>): Promise<Answered<Answer<'Whole'>>> {
    const since = asked.asOf ? 0 : (this.#written.get(asked.id) ?? 0);
    return signed.ask(WHOLE, asked, undefined, since).catch((problem: unknown) => {
      if (since === 0 || !(problem instanceof Refusal) || problem.code !== 'UNAVAILABLE') throw problem;
      setTimeout(() => this.whole?.case.id === asked.id && void this.look(this.whole.case.number), AGAIN_MS);
      return signed.ask(WHOLE, asked);
    });
  }

  /** Remember up to where this desk has written to a case. */
  wrote(id: string, position: number): void {
    this.#written.set(id, position);
  }

  /** The one open case whose number ends so, as people say numbers aloud; null when there are more. */
  #endingIn(end: string): CaseLine | null {
    const [only, more] = this.#desk.all.filter(({ number }) => number.endsWith(end));
    return more === undefined ? (only ?? null) : null;
  }

  async #findLine(number: string): Promise<CaseLine | null> {
    const { data } = await signed.ask(FOUND, { number });
    return data.cases.nodes.find((one) => one.number === number) ?? null;
  }

  /** Open the words of the case for a stated purpose; a sensitive one wants that. */
  async reveal(id: string): Promise<void> {
    await this.#read(id, this.#asked, 'HANDLING').catch(() => undefined); // the button is still there
  }

  /** Throws what may pass. */
  async #read(id: string, asked: string, purpose: Purpose = null): Promise<void> {
    try {
      const { data } = await signed.ask(TEXT, { id, purpose, asOf: this.#desk.then });
      if (asked === this.#asked) this.text = data.case?.text ?? null;
    } catch (problem) {
      if (mayPass(problem)) throw problem;
      if (problem instanceof Refusal && asked === this.#asked) this.text = 'forbidden';
    }
  }
}
