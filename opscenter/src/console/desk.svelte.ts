/**
 * The desk: everything the console's panes share, as state.
 *
 * The cases come from the feed, the whole of the chosen one from a question of its own that
 * is asked again whenever the feed says that it moved. What is chosen and filtered is in
 * the address; what is typed is in `draft` until its command has a position.
 */
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import { Freshness, type Liveness } from '../feed/freshness';
import { Line, lineUrl } from '../sdk';
import { address } from '../ui/address.svelte';
import type { Answer, Variables } from '../generated/operations';
import { type Answered, mayPass, Refusal } from '../ui/graphql';
import { newId } from '../ui/ids';
import { signed } from '../ui/signed.svelte';
import { batches } from './batches.svelte';
import { Cases, type Page } from './cases';
import { started } from './forms';
import { deliver, type Fate, type Order, type Values } from './outbox';
import { Past } from './past.svelte';
import { post } from './posting';
import {
  AFTERWARDS, type Area, type AsOf, type CaseEvent, type CaseLine, type CaseText, type CaseWhole, type Category, CLAIM,
  type Claim, CLAIMS, type CommandForm, type Department, FEED, type FeedMessage,
  FOUND, OPEN, type Purpose, REFERENCE, type SimilarCase, TEXT, type UserError, WHOLE,
} from './questions';
import { readFilter, shown } from './views';

const TICK_MS = 250;
const CLAIMS_MS = 3_000;
const RENEW_MS = 20_000;
/** When a case is asked for again whose read model hangs, or whose question failed. */
const AGAIN_MS = 1_000;
const ENTRIES = 30;
/** How often, and after how long, a page is asked for again that was refused for the moment. */
const PATIENCE = 20;
const PAGE_AGAIN_MS = 1_500;

export interface Whole {
  case: CaseWhole;
  events: CaseEvent[];
  similar: SimilarCase[];
}

/** A verb being filled in, for one case, for several, or for a new one. */
export interface Draft {
  form: CommandForm;
  on: CaseLine[];
  values: Values;
  /** Values that each case has for itself, by its id: those fields are not asked for. */
  each: Readonly<Record<string, Values>>;
  errors: UserError[];
  failure: string | null;
  /** Who moved the case first, when that is why it was refused. */
  first: CaseEvent | null;
  /** The refused command that it comes back from; cancelling keeps that one. */
  from: Entry | null;
}

export interface Entry {
  order: Order;
  form: CommandForm;
  fate: Fate;
  on: CaseLine | null;
}

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

  number: string | null = $derived(address.get('case'));
  whole = $state.raw<Whole | null>(null);
  text = $state.raw<CaseText | 'forbidden' | null>(null);
  missing = $state(false);
  /** Why the chosen case could not be asked for, a code; null when it could. */
  failed = $state<string | null>(null);
  picked = new SvelteSet<string>();

  forms = $state.raw<ReadonlyMap<string, CommandForm>>(new Map());
  departments = $state.raw<Department[]>([]);
  categories = $state.raw<Category[]>([]);
  areas = $state.raw<Area[]>([]);
  timezone = $state('UTC');
  me = $state('');
  claims = new SvelteMap<string, Claim>();

  draft = $state<Draft | null>(null);
  /** Why the last key did nothing, for whoever pressed it; gone with the next one. */
  told = $state('');
  entries = $state<Entry[]>([]);

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
  #asked = '';
  /** The last position that was written from this desk to a case, by its id. */
  #written = new Map<string, number>();
  #at = 0;

  /** Begin; returns how to end. */
  start(): () => void {
    this.cases.subscribe(() => (this.#turn += 1));
    void this.#line.run();
    void this.#refer();
    this.#timers = [
      setInterval(() => this.#tick(), TICK_MS),
      setInterval(() => void this.#askClaims(), CLAIMS_MS),
      setInterval(() => this.draft && this.claim(this.draft.on[0]?.id ?? null), RENEW_MS),
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
        if (!mayPass(problem) || attempt >= PATIENCE) throw problem;
        await new Promise((resolve) => setTimeout(resolve, PAGE_AGAIN_MS));
      }
    }
  }

  async #readAll(): Promise<void> {
    const page = (after: string | null): Promise<Page> => this.#page(after, null);
    await this.cases.read(page).catch((problem: unknown) => (this.problem = String(problem)));
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

  async #askClaims(): Promise<void> {
    if (document.hidden) return;
    const found = await signed.ask(CLAIMS, {}).catch(() => null);
    if (found === null) return;
    const claims = new Map(found.data.claims.map((claim) => [claim.case, claim]));
    for (const id of [...this.claims.keys()]) if (!claims.has(id)) this.claims.delete(id);
    for (const [id, claim] of claims) this.claims.set(id, claim);
  }

  // ---- what is chosen

  line(number: string | null): CaseLine | null {
    if (number === null) return null;
    return this.all.find((one) => one.number === number) ?? null;
  }

  /** Choosing the chosen one again asks for it anew: of a closed case the feed tells nothing. */
  choose(number: string | null): void {
    if (number !== null && number === this.number) void this.look(number);
    address.set({ case: number });
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

  /** Ask for the whole of a chosen case; what fails in passing is asked again while it is chosen. */
  async look(number: string): Promise<void> {
    const asked = (this.#asked = `${number} ${newId()}`);
    if (this.whole?.case.number !== number) {
      this.whole = null;
      this.text = null;
      this.missing = false;
      this.failed = null;
    }
    try {
      const line = this.line(number) ?? (await this.#findLine(number));
      if (asked !== this.#asked) return;
      if (line === null) {
        const meant = this.#endingIn(number);
        if (meant) return this.choose(meant.number);
        this.missing = true;
        return;
      }
      const asOf = this.then;
      const { data } = await this.#ask({ id: line.id, asOf, live: asOf === null });
      if (asked !== this.#asked) return;
      [this.missing, this.failed] = [data.case === null, null];
      this.whole = data.case && {
        case: data.case, events: data.caseTimeline.nodes, similar: data.similarCases ?? [],
      };
      await this.#read(line.id, asked);
    } catch (problem) {
      if (asked !== this.#asked) return;
      this.failed = problem instanceof Refusal ? problem.code : 'UNREACHABLE';
      if (mayPass(problem)) setTimeout(() => asked === this.#asked && void this.look(number), AGAIN_MS);
    }
  }

  /** The whole of a case with what was written here; as it is where the read models hang. */
  async #ask(asked: Variables<'Whole'>): Promise<Answered<Answer<'Whole'>>> {
    const since = asked.asOf ? 0 : (this.#written.get(asked.id) ?? 0);
    return signed.ask(WHOLE, asked, undefined, since).catch((problem: unknown) => {
      if (since === 0 || !(problem instanceof Refusal) || problem.code !== 'UNAVAILABLE') throw problem;
      setTimeout(() => this.whole?.case.id === asked.id && void this.look(this.whole.case.number), AGAIN_MS);
      return signed.ask(WHOLE, asked);
    });
  }

  /** The one open case whose number ends so, as people say numbers aloud; null when there are more. */
  #endingIn(end: string): CaseLine | null {
    const [only, more] = this.all.filter(({ number }) => number.endsWith(end));
    return more === undefined ? (only ?? null) : null;
  }

  async #findLine(number: string): Promise<CaseLine | null> {
    const { data } = await signed.ask(FOUND, { number });
    return data.cases.nodes.find((one) => one.number === number) ?? null;
  }

  /** Open the words of the chosen case for a stated purpose; a sensitive one wants that. */
  async reveal(id: string): Promise<void> {
    await this.#read(id, this.#asked, 'HANDLING').catch(() => undefined); // the button is still there
  }

  /** Throws what may pass. */
  async #read(id: string, asked: string, purpose: Purpose = null): Promise<void> {
    try {
      const { data } = await signed.ask(TEXT, { id, purpose, asOf: this.then });
      if (asked === this.#asked) this.text = data.case?.text ?? null;
    } catch (problem) {
      if (mayPass(problem)) throw problem;
      if (problem instanceof Refusal && asked === this.#asked) this.text = 'forbidden';
    }
  }

  // ---- claims

  /** Say that one is on a case; another's claim is only noted. */
  claim(id: string | null, over = false): void {
    if (id === null) return;
    signed.ask(CLAIM, { id, release: false, over }).then(
      ({ data }) => data.claimCase && this.claims.set(id, data.claimCase),
      () => undefined,
    );
  }

  release(id: string): void {
    if (this.claims.get(id)?.mine !== true) return;
    this.claims.delete(id);
    signed.ask(CLAIM, { id, release: true, over: false }).catch(() => undefined);
  }

  // ---- verbs

  /** Open a verb's form. */
  begin(name: string, on: CaseLine[], values: Values = {}, each: Draft['each'] = {}): void {
    const form = this.forms.get(name);
    if (form === undefined) return;
    const latest = on.map((one) => this.#newest(one));
    this.draft = {
      form, on: latest, values: started(form, values), each, errors: [], failure: null, first: null, from: null,
    };
    if (on.length === 1) this.claim(on[0]?.id ?? null);
  }

  /** A case at the newest version that either feed or question has shown. */
  #newest(one: CaseLine): CaseLine {
    const known = [this.line(one.number), this.whole?.case ?? null];
    const versions = known.flatMap((it) => (it?.id === one.id ? [it.version] : []));
    return { ...one, version: Math.max(one.version, ...versions) };
  }

  cancel(): void {
    const { on = [], from = null } = this.draft ?? {};
    this.draft = null;
    if (from) this.entries = [from, ...this.entries];
    if (on.length === 1 && on[0]) this.release(on[0].id);
  }

  /** Send what is filled in: once for each case it is for. */
  commit(): void {
    const draft = this.draft;
    if (draft === null) return;
    this.draft = null;
    const values = $state.snapshot(draft.values) as Values;
    const on = $state.snapshot(draft.on) as CaseLine[];
    if (on.length > 1) void this.#sendAll(draft.form, on, values, $state.snapshot(draft.each));
    else void this.#send(draft.form, on[0] ?? null, values);
  }

  /** Those that were refused stay selected: they are what is left to do. */
  async #sendAll(form: CommandForm, on: CaseLine[], values: Values, each: Draft['each']): Promise<void> {
    const done = await batches.send(form, on, values, each);
    for (const { id } of done) this.picked.delete(id);
    if (done.some(({ number }) => number === this.number)) void this.look(this.number ?? '');
  }

  async #send(form: CommandForm, on: CaseLine | null, values: Values): Promise<void> {
    const order: Order = {
      id: newId(),
      verb: form.name,
      on: on && { id: on.id, number: on.number, version: on.version },
      values,
    };
    const entry: Entry = { order, form, on, fate: { state: 'sending', attempt: 0 } };
    this.entries = [entry, ...this.entries].slice(0, ENTRIES);
    const mine = (): Entry | undefined => this.entries.find((one) => one.order.id === order.id);
    const fate = await deliver(order, post, (told) => {
      const entry = mine();
      if (entry) entry.fate = told;
    });
    if (fate.state === 'committed') this.#done(entry, fate);
    else await this.#reopen(entry, fate);
  }

  #done({ on }: Entry, fate: Fate): void {
    if (on && fate.state === 'committed') this.#written.set(on.id, fate.position);
    if (on) {
      this.picked.delete(on.id);
      this.release(on.id);
      if (on.number === this.number) void this.look(on.number);
    } else if (fate.state === 'committed' && fate.case !== null) void this.#showNew(fate.case);
  }

  async #showNew(id: string): Promise<void> {
    const asked = { id, asOf: null, live: true };
    const { data } = await this.#ask(asked).catch(() => ({ data: null }));
    if (data?.case) this.choose(data.case.number);
  }

  /** A refused command comes back with everything that was typed, unless one is busy. */
  async #reopen(entry: Entry, fate: Fate): Promise<void> {
    const { form, on, order } = entry;
    const errors = fate.state === 'refused' ? fate.errors : [];
    const conflict = errors.some(({ code }) => code === 'VERSION_CONFLICT');
    const first = conflict && on ? await this.#whoWasFirst(on) : null;
    if (conflict && on?.number === this.number) void this.look(on?.number ?? '');
    if (first?.event?.actor === this.me && on && order.on && first.latest > order.on.version) {
      // Only one's own earlier command came in between: nobody else has to be asked.
      this.#drop(order.id);
      return this.#send(form, { ...on, version: first.latest }, order.values);
    }
    if (this.draft !== null) return;
    this.draft = {
      form,
      on: on ? [{ ...on, version: first?.latest ?? on.version }] : [],
      values: order.values,
      each: {},
      errors,
      failure: fate.state === 'failed' ? fate.code : null,
      first: first?.event ?? null,
      from: { ...entry, fate },
    };
    this.#drop(order.id);
  }

  /** Open an entry's form again, as it was sent. */
  again(entry: Entry): void {
    const { form, on, order, fate } = entry;
    this.#drop(order.id);
    const errors = fate.state === 'refused' ? fate.errors : [];
    const line = on && (this.line(on.number) ?? on);
    const values = order.values;
    const from = $state.snapshot(entry) as Entry;
    this.draft = { form, on: line ? [line] : [], values, each: {}, errors, failure: null, first: null, from };
  }

  #drop(id: string): void {
    this.entries = this.entries.filter(({ order }) => order.id !== id);
  }

  async #whoWasFirst(on: CaseLine): Promise<{ event: CaseEvent | null; latest: number }> {
    const { data } = await signed.ask(AFTERWARDS, { id: on.id }).catch(() => ({ data: null }));
    const events = data?.caseTimeline.nodes ?? [];
    const event = events.find((one) => one.version > on.version) ?? null;
    return { event, latest: events.at(-1)?.version ?? on.version };
  }
}

export const desk = new Desk();
