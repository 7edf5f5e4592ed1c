/**
 * The alarms of one's place: live, sounded until somebody acknowledges, shelved for a while.
 *
 * One tone by priority, again and again while one of it is neither acknowledged nor shelved.
 * A browser lets a page sound only after it was touched once: until then `muted` says so.
 */
import { lineUrl, LiveCollection } from '../sdk';
import { address } from '../ui/address.svelte';
import { newId } from '../ui/ids';
import { signed } from '../ui/signed.svelte';
import {
  type Alarm, ALARMS_FEED, type AlarmsMessage, type AlarmVerb, alarmDocument, type Payload,
  type UserError,
} from './questions';
import { Sound } from './sound';

const EVERY_MS: Readonly<Record<string, number>> = { high: 2_000, medium: 10_000 };
export const RANK: Readonly<Record<string, number>> = { high: 0, medium: 1, low: 2 };

class Alarms {
  #known = new LiveCollection<Alarm, AlarmsMessage>({
    key: (alarm) => alarm.id,
    items: (message) => ('alarms' in message ? message.alarms : []),
    gone: (message) => ('removes' in message ? message.removes.map(({ id }) => id) : []),
    stays: (alarm) => alarm.stands,
  });
  #turn = $state(0);
  #soundedAt = 0;
  readonly sound = new Sound();
  muted = $state(localStorage.getItem('quanke.sound') === 'off');
  blocked = $state(false);
  open = $state(false);
  /** Alarms whose shelf is over, or that never had one, most pressing first. */
  standing: Alarm[] = $derived.by(() => {
    void this.#turn;
    return [...this.#known.items.values()].sort(
      (a, b) => (RANK[a.priority] ?? 9) - (RANK[b.priority] ?? 9) || (a.raisedAt < b.raisedAt ? -1 : 1),
    );
  });

  #line = this.#known.follow({
    url: lineUrl(location),
    query: ALARMS_FEED,
    field: 'alarms',
    token: () => signed.session?.token ?? null,
  });

  start(): () => void {
    const stop = this.#known.subscribe(() => (this.#turn += 1));
    void this.#line.run();
    const timer = setInterval(() => this.#ring(), 500);
    return () => {
      stop();
      this.#line.stop();
      clearInterval(timer);
    };
  }

  shelved = (alarm: Alarm, now: number): boolean =>
    alarm.shelvedUntil !== null && Date.parse(alarm.shelvedUntil) > now;

  /** Whether somebody has to look at it now. */
  calls = (alarm: Alarm, now: number): boolean =>
    alarm.acknowledgedAt === null && !this.shelved(alarm, now);

  #ring(): void {
    const calling = this.standing.find((alarm) => this.calls(alarm, Date.now()));
    const every = EVERY_MS[calling?.priority ?? ''];
    if (!calling || every === undefined || this.muted || address.time.mode === 'replay') return;
    if (performance.now() - this.#soundedAt < every) return;
    this.#soundedAt = performance.now();
    this.blocked = !this.sound.play(calling.priority);
  }

  mute(on: boolean): void {
    this.muted = on;
    localStorage.setItem('quanke.sound', on ? 'off' : 'on');
    if (!on) this.blocked = !this.sound.play('test');
  }

  /** Send a command on an alarm; answers why not, nothing when it was done. */
  async send(verb: AlarmVerb, alarm: Alarm, values: Record<string, unknown> = {}): Promise<UserError[]> {
    const input = { clientMutationId: newId(), alarm: alarm.id, ...values };
    const { data } = await signed.ask<Record<string, Payload>, { input: unknown }>(
      alarmDocument(verb), { input },
    );
    return data[verb]?.userErrors ?? [];
  }
}

export const alarms = new Alarms();
