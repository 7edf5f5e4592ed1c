/**
 * What is written at the desk: the verb that is being filled in, and what became of those sent.
 *
 * What is typed is in `draft` until its command has a position. A refused command comes back
 * with everything that was typed; the latest ones stay as `entries`.
 */
import { newId } from '../ui/ids';
import { signed } from '../ui/signed.svelte';
import { batches } from './batches.svelte';
import type { Chosen } from './chosen.svelte';
import type { Claims } from './claims.svelte';
import { started } from './forms';
import { deliver, type Fate, type Order, type Values } from './outbox';
import { post } from './posting';
import { AFTERWARDS, type CaseEvent, type CaseLine, type CommandForm, type UserError } from './questions';

const ENTRIES = 30;

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

/** What the verbs are about, and who is told of what came of them. */
interface Desk {
  readonly me: string;
  readonly number: string | null;
  readonly forms: ReadonlyMap<string, CommandForm>;
  readonly picked: Set<string>;
  readonly chosen: Chosen;
  readonly claims: Claims;
  line(number: string | null): CaseLine | null;
  choose(number: string | null): void;
}

export class Verbs {
  draft = $state<Draft | null>(null);
  entries = $state<Entry[]>([]);
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Open a verb's form. */
  begin(name: string, on: CaseLine[], values: Values = {}, each: Draft['each'] = {}): void {
    const form = this.#desk.forms.get(name);
    if (form === undefined) return;
    const latest = on.map((one) => this.#newest(one));
    this.draft = {
      form, on: latest, values: started(form, values), each, errors: [], failure: null, first: null, from: null,
    };
    if (on.length === 1) this.#desk.claims.claim(on[0]?.id ?? null);
  }

  /** A case at the newest version that either feed or question has shown. */
  #newest(one: CaseLine): CaseLine {
    const known = [this.#desk.line(one.number), this.#desk.chosen.whole?.case ?? null];
    const versions = known.flatMap((it) => (it?.id === one.id ? [it.version] : []));
    return { ...one, version: Math.max(one.version, ...versions) };
  }

  cancel(): void {
    const { on = [], from = null } = this.draft ?? {};
    this.draft = null;
    if (from) this.entries = [from, ...this.entries];
    if (on.length === 1 && on[0]) this.#desk.claims.release(on[0].id);
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
    for (const { id } of done) this.#desk.picked.delete(id);
    if (done.some(({ number }) => number === this.#desk.number)) void this.#desk.chosen.look(this.#desk.number ?? '');
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
    if (on && fate.state === 'committed') this.#desk.chosen.wrote(on.id, fate.position);
    if (on) {
      this.#desk.picked.delete(on.id);
      this.#desk.claims.release(on.id);
      if (on.number === this.#desk.number) void this.#desk.chosen.look(on.number);
    } else if (fate.state === 'committed' && fate.case !== null) void this.#showNew(fate.case);
  }

  async #showNew(id: string): Promise<void> {
    const asked = { id, asOf: null, live: true };
    const { data } = await this.#desk.chosen.ask(asked).catch(() => ({ data: null }));
    if (data?.case) this.#desk.choose(data.case.number);
  }

  /** A refused command comes back with everything that was typed, unless one is busy. */
  async #reopen(entry: Entry, fate: Fate): Promise<void> {
    const { form, on, order } = entry;
    const errors = fate.state === 'refused' ? fate.errors : [];
    const conflict = errors.some(({ code }) => code === 'VERSION_CONFLICT');
    const first = conflict && on ? await this.#whoWasFirst(on) : null;
    if (conflict && on?.number === this.#desk.number) void this.#desk.chosen.look(on?.number ?? '');
    if (first?.event?.actor === this.#desk.me && on && order.on && first.latest > order.on.version) {
      // Only one's own earlier command came in between: nobody else has to be asked.
      this.drop(order.id);
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
    this.drop(order.id);
  }

  /** Open an entry's form again, as it was sent. */
  again(entry: Entry): void {
    const { form, on, order, fate } = entry;
    this.drop(order.id);
    const errors = fate.state === 'refused' ? fate.errors : [];
    const line = on && (this.#desk.line(on.number) ?? on);
    const values = order.values;
    const from = $state.snapshot(entry) as Entry;
    this.draft = { form, on: line ? [line] : [], values, each: {}, errors, failure: null, first: null, from };
  }

  /** Say no more of a command. */
  drop(id: string): void {
    this.entries = this.entries.filter(({ order }) => order.id !== id);
  }

  async #whoWasFirst(on: CaseLine): Promise<{ event: CaseEvent | null; latest: number }> {
    const { data } = await signed.ask(AFTERWARDS, { id: on.id }).catch(() => ({ data: null }));
    const events = data?.caseTimeline.nodes ?? [];
    const event = events.find((one) => one.version > on.version) ?? null;
    return { event, latest: events.at(-1)?.version ?? on.version };
  }
}
