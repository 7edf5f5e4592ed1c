/** One figure asked why, as state: its value and definitions, then a page of what it counts. */
import { Refusal } from '../ui/graphql';
import { signed } from '../ui/signed.svelte';
import {
  COUNTED_LIST, type CountedPage, DEPARTMENT_COUNTS, FIGURE_CASES, FIGURE_WHY, type FigureWhy, type ListedCase,
} from './why-questions';
import type { AsOf } from './questions';
import { levelOf, type Question, type Source, windowOf } from './whys';

export type Part = 'numerator' | 'denominator' | 'leftOut';
type Moment = AsOf | { position: string };

export interface Page {
  counted: CountedPage['nodes'];
  listed: ListedCase[];
  total: number;
  hidden: number;
  next: string | null;
}

/** What is counted of the cases that a department leads. */
const LED = ['open', 'overdue', 'handled', 'total'] as const;

const NO_PAGE: Page = { counted: [], listed: [], total: 0, hidden: 0, next: null };

export class Why {
  /** The versions of the definition, the one asked for first; empty for a list of cases. */
  figures = $state.raw<FigureWhy[]>([]);
  page = $state.raw<Page | null>(null);
  /** Of a list of a department's cases, how many it leads; the others it assists in. Null elsewhere. */
  led = $state<number | null>(null);
  part = $state<Part>('denominator');
  /** Cursors of the pages before this one. */
  before = $state.raw<(string | null)[]>([]);
  position = $state('');
  failed = $state<string | null>(null);
  readonly window: { since: string; until: string };
  #moment: Moment;
  #stopped = new AbortController();

  constructor(
    readonly question: Question,
    readonly source: Source,
    now: number,
    private readonly timezone: string,
    asOf: AsOf,
  ) {
    this.window = windowOf(question, source, now, timezone);
    this.#moment = question.position ? { position: question.position } : asOf;
  }

  get figure(): FigureWhy | null {
    return this.figures[0] ?? null;
  }

  stop(): void {
    this.#stopped.abort();
  }

  /** How many cases the figure counts; null until that is known. */
  get counted(): number | null {
    if (this.page === null) return null;
    return this.figure?.n ?? this.led ?? this.page.total;
  }

  async start(): Promise<void> {
    await this.#guarded(async () => {
      if (this.source.kind === 'list') return this.turn(null);
      this.figures = await this.#versions(this.source.codes);
      const figure = this.figure;
      if (figure === null) {
        this.page = NO_PAGE;
        return;
      }
      this.#pin(figure.position);
      const { versions, terms } = figure.why;
      const others = versions.map(({ name }) => name);
      if (others.length > 0) this.figures = [figure, ...(await this.#versions(others))];
      if (terms !== null) this.page = NO_PAGE;
      else await this.choose(figure.unit === 'bp' ? 'numerator' : 'denominator');
    });
  }

  /** Look at one part of the figure, from its first page. */
  async choose(part: Part): Promise<void> {
    this.part = part;
    this.before = [];
    await this.turn(null);
  }

  async on(): Promise<void> {
    const here = this.#after;
    const next = this.page?.next ?? null;
    if (next === null) return;
    this.before = [...this.before, here];
    await this.turn(next);
  }

  async back(): Promise<void> {
    const to = this.before.at(-1) ?? null;
    this.before = this.before.slice(0, -1);
    await this.turn(to);
  }

  #after: string | null = null;

  async turn(after: string | null): Promise<void> {
    this.#after = after;
    await this.#guarded(async () => {
      const page = this.source.kind === 'list' ? await this.#listed(after) : await this.#counted(after);
      if (this.#after === after) this.page = page;
    });
  }

  /** Everything that follows is as of the position of the first answer. */
  #pin(position: string): void {
    this.position ||= position;
    this.#moment ??= { position };
  }

  #asked(codes: string[]) {
    const { area, department } = this.question;
    return {
      codes, ...this.window, asOf: this.#moment, scope: area || null,
      level: department === null ? levelOf(area) : ('DEPARTMENT' as const),
    };
  }

  #isOwn = ({ key }: { key: string }): boolean => {
    const { area, department } = this.question;
    return department !== null ? key === department : area === '' || key === area;
  };

  async #versions(codes: string[]): Promise<FigureWhy[]> {
    const { data } = await signed.ask(FIGURE_WHY, this.#asked(codes), this.#stopped.signal);
    return data.figures.filter(this.#isOwn);
  }

  async #counted(after: string | null): Promise<Page> {
    const part = this.part;
    const named = { numerator: part === 'numerator', denominator: part === 'denominator', leftOut: part === 'leftOut' };
    const asked = { ...this.#asked([this.figure?.definition ?? '']), after, ...named };
    const { data } = await signed.ask(FIGURE_CASES, asked, this.#stopped.signal);
    const found = data.figures.find(this.#isOwn)?.why[part];
    if (!found) return NO_PAGE;
    const { hasNextPage, endCursor } = found.pageInfo;
    return { ...NO_PAGE, counted: found.nodes, total: found.totalCount, hidden: found.hidden, next: hasNextPage ? endCursor : null };
  }

  async #listed(after: string | null): Promise<Page> {
    if (this.source.kind !== 'list') return NO_PAGE;
    const { area, department } = this.question;
    const day = windowOf(this.question, { kind: 'figure', codes: [], window: 'today' }, Date.parse(this.window.until), this.timezone);
    const filter = { ...this.source.filter(day.since, this.window.since), scope: area || null, ...(department ? { department: [department] } : {}) };
    const { data, position } = await signed.ask(COUNTED_LIST, { filter, after, asOf: this.#moment }, this.#stopped.signal);
    if (position !== null) this.#pin(String(position));
    if (department !== null) this.led ??= await this.#led(department);
    const { nodes, pageInfo, totalCount } = data.cases;
    return { ...NO_PAGE, listed: nodes, total: totalCount ?? nodes.length, next: pageInfo.hasNextPage ? pageInfo.endCursor : null };
  }

  async #led(department: string): Promise<number | null> {
    const figure = LED.find((one) => one === this.question.figure);
    if (figure === undefined) return null;
    const { data } = await signed.ask(DEPARTMENT_COUNTS, { asOf: this.#moment }, this.#stopped.signal);
    return data.departmentLoad.find(({ id }) => id === department)?.[figure] ?? 0;
  }

  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.failed = null;
    } catch (problem) {
      if (this.#stopped.signal.aborted) return;
      this.failed = problem instanceof Refusal ? problem.code : 'UNREACHABLE';
    }
  }
}
