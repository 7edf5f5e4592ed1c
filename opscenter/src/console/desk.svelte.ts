/**
 * The desk: everything the console's panes share, as state.
 *
 * The cases come from the feed; what is chosen and filtered is in the address. The whole of the
 * chosen case (`chosen`), who is on which (`claims`) and what is written (`verbs`) have a file each.
 */
import { SvelteSet } from 'svelte/reactivity';
import { Freshness, type Liveness } from '../feed/freshness';
import { Line, lineUrl } from '../sdk';
import { address } from '../ui/address.svelte';
import { mayPass, Refusal } from '../ui/graphql';
import { signed } from '../ui/signed.svelte';
import { Cases, type Page } from './cases';
import { Chosen } from './chosen.svelte';
import { Claims } from './claims.svelte';
import { Past } from './past.svelte';
import {
  type Area, type AsOf, type CaseLine, type Category, type CommandForm, type Department, FEED, type FeedMessage, OPEN, REFERENCE,
} from './questions';
import { Verbs } from './verbs.svelte';
import { type Filter, readFilter, shown, writeFilter } from './views';

const TICK_MS = 250;
const CLAIMS_MS = 3_000;
const RENEW_MS = 20_000;
/** How often, and after how long, a page is asked for again that was refused for the moment. */
const PATIENCE = 20;
const PAGE_AGAIN_MS = 1_500;
const READ_AGAIN_MS = 5_000;

class Desk {
  readonly cases = new Cases();
  #turn = $state(0);
  filter = $derived(readFilter(address.query));
  queue: CaseLine[] = $derived.by(() => {
    return shown(this.all, this.filter);
  });
  all: CaseLine[] = $derived.by(() => {
    void this.#turn;
    return this.asOf === null ? [...this.cases.lines.values()] : (this.past.lines ?? []);
  });
  readonly past = new Past(
    (after, asOf) => this.#page(after, asOf),
    (problem) => (this.problem = problem),
  );
  asOf: AsOf = $derived(
    address.time.mode === 'replay' ? { effectiveAt: new Date(address.time.at).toISOString() } : null,
  );
  loaded = $state(false);
  /** Whether the queue is that of the instant that is looked at. */
  ready: boolean = $derived(this.asOf === null ? this.loaded : this.past.lines !== null);
  problem = $state<string | null>(null);
  /** Why the open cases cannot be read now; null once they are. */
  unread = $state<string | null>(null);

  number: string | null = $derived(address.get('case'));
  readonly chosen = new Chosen(this);
  picked = new SvelteSet<string>();

  forms = $state.raw<ReadonlyMap<string, CommandForm>>(new Map());
  departments = $state.raw<Department[]>([]);
  categories = $state.raw<Category[]>([]);
  areas = $state.raw<Area[]>([]);
  timezone = $state('UTC');
  me = $state('');
  readonly claims = new Claims();
  readonly verbs = new Verbs(this);

  /** Why the last key did nothing, for whoever pressed it; gone with the next one. */
  told = $state('');

  readonly freshness = new Freshness(performance.now());
  liveness = $state<Liveness>('connecting');
  ageMs = $state(0);
  position = $state(0);
  #serverAhead = Date.now() - performance.now();
  /** The real clock, the server's. */
  clock = $state(Date.now());
  /** The instant that is looked at: what is left of a deadline is left then. */
  now: number = $derived(
    address.time.mode === 'replay' ? (this.past.told ?? address.time.at) : this.clock,
  );
  /** The same for a question about one case; null is now. */
  get then(): AsOf {
    return this.asOf && { effectiveAt: new Date(this.now).toISOString() };
  }
  /** Changes with the instant that is looked at, except while it plays: then cases move by themselves. */
  stand: string = $derived(this.past.told === null ? (this.asOf?.effectiveAt ?? '') : 'playing');

  #line = new Line<FeedMessage>({
    url: lineUrl(location),
    query: FEED,
    field: 'caseFeed',
    variables: () => ({ after: this.cases.cursor }),
    token: () => signed.session?.token ?? null,
    onMessage: (message) => this.#heard(message),
    onProblem: (problem) => (this.problem = problem),
  });
  #timers: ReturnType<typeof setInterval>[] = [];
  #at = 0;

  /** Begin; returns how to end. */
  start(): () => void {
    this.cases.subscribe(() => (this.#turn += 1));
    void this.#line.run();
    void this.#refer();
    this.#timers = [
      setInterval(() => this.#tick(), TICK_MS),
      setInterval(() => void this.claims.ask(), CLAIMS_MS),
      setInterval(() => this.verbs.draft && this.claims.claim(this.verbs.draft.on[0]?.id ?? null), RENEW_MS),
    ];
    return () => {
      this.#line.stop();
      this.#timers.forEach(clearInterval);
    };
  }

  #heard(message: FeedMessage): void {
    if (message.__typename === 'Heartbeat') {
      this.freshness.beat(performance.now(), message);
      this.#serverAhead = Date.parse(message.serverTime) - performance.now();
    } else if ('position' in message) this.freshness.reached(Number(message.position));
    if (this.cases.apply(message)) void this.#readAll();
    this.position = this.cases.position;
  }

  /** One page of the open cases, of now or of an instant; asked again when it may pass. */
  async #page(after: string | null, asOf: AsOf): Promise<Page> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        const { data } = await signed.ask(OPEN, { after, asOf });
        const { nodes, pageInfo } = data.cases;
        return { nodes, next: pageInfo.hasNextPage ? pageInfo.endCursor : null };
      } catch (problem) {
        if (asOf === null) this.unread = problem instanceof Refusal ? problem.code : 'UNREACHABLE';
        if (!mayPass(problem) || attempt >= PATIENCE) throw problem;
        await new Promise((resolve) => setTimeout(resolve, PAGE_AGAIN_MS));
      }
    }
  }

  async #readAll(): Promise<void> {
    const page = (after: string | null): Promise<Page> => this.#page(after, null);
    try {
      await this.cases.read(page);
      this.unread = null;
    } catch (problem) {
      this.problem = String(problem);
      if (signed.session !== null) setTimeout(() => void this.#readAll(), READ_AGAIN_MS);
    }
    this.loaded = this.cases.whole;
  }

  async #refer(): Promise<void> {
    try {
      const scope = signed.session?.scope || null;
      const { data } = await signed.ask(REFERENCE, { scope: null });
      this.forms = new Map(data.commandForms.map((form) => [form.name, form]));
      this.departments = data.departments;
      this.categories = data.categories;
      this.me = data.me.id;
      this.areas = data.areas;
      const area = data.areas.find((one) => scope?.startsWith(one.scope)) ?? data.areas[0];
      this.timezone = area?.timezone ?? 'UTC';
    } catch (problem) {
      this.problem = String(problem);
      if (signed.session !== null) setTimeout(() => void this.#refer(), 3_000);
    }
  }

  #tick(): void {
    const now = performance.now();
    this.liveness = this.freshness.liveness(now);
    this.ageMs = this.freshness.age(now);
    this.clock = now + this.#serverAhead;
  }

  // ---- what is chosen

  line(number: string | null): CaseLine | null {
    if (number === null) return null;
    return this.all.find((one) => one.number === number) ?? null;
  }

  /** Choosing the chosen one again asks for it anew: of a closed case the feed tells nothing. */
  choose(number: string | null): void {
    if (number !== null && number === this.number) void this.chosen.look(number);
    address.set({ case: number });
  }

  /** Another view. The case that is looked at stays while the view has it; else its first one is shown. */
  show(filter: Filter): void {
    address.set(writeFilter(filter));
    const [first] = this.queue;
    if (first && !this.queue.some(({ number }) => number === this.number)) this.choose(first.number);
  }

  /** Move the choice up or down the queue; from where the chosen one was, when it has left. */
  step(by: 1 | -1): void {
    const at = this.queue.findIndex((one) => one.number === this.number);
    const to = at >= 0 ? at + by : by > 0 ? this.#at : this.#at - 1;
    const index = Math.max(0, Math.min(this.queue.length - 1, to));
    const next = this.queue[index];
    if (next) this.choose(next.number);
  }

  /** Remember where in the queue the chosen case stands. */
  notePlace(): void {
    const at = this.queue.findIndex((one) => one.number === this.number);
    if (at >= 0) this.#at = at;
  }
}

export const desk = new Desk();
