/**
 * This phone as state: who is signed in, what lies in the outbox, whether there is a network.
 *
 * The token is kept on the device, because the app has to start without a network. The
 * outbox is tried when something was written, when the network is back, when the app comes
 * to the front, and every few seconds while something waits.
 */
import { type Answered, ask, type Document, Refusal } from '../ui/graphql';
import { newId } from '../ui/ids';
import { leave as leaveProvider, type Session, sessionOf, tokenIn } from '../ui/session';
import { device, dropValue, dropValues, kept, type Kept, keepValue } from './device/database';
import { courier } from './outbox/courier';
import type { Draft, Item, Picture } from './outbox/item';
import { Outbox } from './outbox/outbox';
import { untilDone } from './until';

const TOKEN = 'token';
const RESIDENT = 'resident';
const TICK_MS = 5_000;
const TURN = 'quanke-outbox';

type Shot = { kind: Picture['kind']; blob: Blob };

class Here {
  ready = $state(false);
  session = $state.raw<Session | null>(null);
  /** Acts as a resident, without an account. */
  resident = $state(false);
  /** The server no longer takes the account's token. */
  signedOut = $state(false);
  online = $state(navigator.onLine);
  items = $state.raw<Item[]>([]);
  sending = $state(false);

  /** What belongs to whoever holds the phone now: a resident's own, or what staff wrote. */
  shown = $derived(this.items.filter(({ who }) => (who === null) === (this.session === null)));
  waiting = $derived(this.items.filter(({ state }) => state === 'waiting').length);
  refused = $derived(this.shown.filter(({ state }) => state === 'refused').length);

  readonly #outbox = new Outbox(device, courier, {
    now: () => Date.now(),
    newId,
    account: () => (this.session ? { who: this.session.sub, token: this.session.token } : null),
    changed: () => void this.#look(),
    signedOut: () => (this.signedOut = true),
  });

  async start(): Promise<void> {
    const given = tokenIn(location.hash);
    if (given !== null) {
      history.replaceState(history.state, '', location.pathname + location.search);
      await this.signIn(given);
    }
    const found = await kept<string>(TOKEN);
    this.session = sessionOf(found?.value ?? null, Date.now());
    this.resident = (await kept<boolean>(RESIDENT)) !== null && this.session === null;
    await this.#look();
    this.ready = true;
    addEventListener('online', () => this.#network(true));
    addEventListener('offline', () => this.#network(false));
    document.addEventListener('visibilitychange', () => void this.send());
    setInterval(() => void this.send(), TICK_MS);
    void this.send(true);
  }

  async signIn(token: string): Promise<boolean> {
    const session = sessionOf(token, Date.now());
    if (session === null) return false;
    await keepValue(TOKEN, session.token, Date.now());
    await dropValue(RESIDENT);
    [this.session, this.resident, this.signedOut] = [session, false, false];
    void this.send(true);
    return true;
  }

  async beResident(): Promise<void> {
    await keepValue(RESIDENT, true, Date.now());
    this.resident = true;
  }

  /** Leave; what waits in the outbox stays until its account is back. */
  async leave(): Promise<void> {
    await dropValues();
    void leaveProvider(this.session);
    [this.session, this.resident, this.signedOut] = [null, false, false];
  }

  async write(draft: Draft, shots: Shot[], instead: Item | null = null): Promise<Item> {
    void navigator.storage?.persist?.();
    const item = instead
      ? await this.#outbox.correct(instead, draft, shots)
      : await this.#outbox.write(draft, shots);
    void this.send(true);
    return item;
  }

  async drop(item: Item): Promise<void> {
    await this.#outbox.drop(item);
  }

  picture(upload: string): Promise<Blob | null> {
    return device.picture(upload);
  }

  /** Send what is due. One tab at a time; a second one would only say the same again. */
  async send(hurry = false): Promise<void> {
    if (!navigator.onLine || (!hurry && this.waiting === 0)) return;
    this.sending = true;
    try {
      await navigator.locks.request(TURN, { ifAvailable: true }, async (turn) => {
        if (turn) await this.#outbox.run(hurry);
      });
    } finally {
      this.sending = false;
    }
  }

  async ask<Answer, Variables>(
    document: Document<Answer, Variables>,
    variables: Variables,
    token: string | null = this.session?.token ?? null,
  ): Promise<Answered<Answer>> {
    try {
      return await ask(document, variables, token === null ? null : { token });
    } catch (problem) {
      if (problem instanceof Refusal && problem.code === 'UNAUTHENTICATED' && this.session)
        this.signedOut = true;
      throw problem;
    }
  }

  async #look(): Promise<void> {
    this.items = (await device.all()).sort((a, b) => b.made - a.made);
  }

  #network(online: boolean): void {
    this.online = online;
    if (online) void this.send(true);
  }
}

export const here = new Here();

/**
 * The last answer kept under a key at once, then a fresh one. `show` is called for each; the
 * promise tells whether the fresh one came.
 */
export async function fresh<T>(
  key: string,
  read: () => Promise<T>,
  show: (found: Kept<T>) => void,
): Promise<boolean> {
  const before = await kept<T>(key);
  if (before) show(before);
  try {
    const value = await read();
    const at = Date.now();
    show({ value, at });
    await keepValue(key, value, at);
    return true;
  } catch {
    return false;
  }
}

/** As `fresh`, until the fresh one has come; `missed` hears of each time that it did not. */
export function keepAsking<T>(
  key: string,
  read: () => Promise<T>,
  show: (found: Kept<T>) => void,
  missed: () => void = () => undefined,
): () => void {
  let wanted = true;
  const stop = untilDone(async () => {
    const came = await fresh(key, read, (found) => wanted && show(found));
    if (!came && wanted) missed();
    return came;
  });
  return () => {
    wanted = false;
    stop();
  };
}
