/** Whom this phone speaks for, by name, and the clock of the district it is in: kept for when there is no network. */
import { idOf } from '../ui/ids';
import type { Session } from '../ui/session';
import { fresh, here } from './here.svelte';
import { type Named, OPEN_ZONE, OWN_PLACE, ZONE } from './questions';

const isNamed = (node: object): node is Named => 'name' in node;

class Own {
  /** The district's time zone; the phone's own until it is known. */
  timezone = $state(Intl.DateTimeFormat().resolvedOptions().timeZone);
  /** The area or the department one acts for. */
  place = $state.raw<Named | null>(null);

  async learn(session: Session | null): Promise<void> {
    this.place = null;
    void fresh('zone', () => this.#zone(), ({ value }) => (this.timezone = value));
    if (session === null || !(session.unit || session.scope)) return;
    const id = session.unit ? idOf('department', session.unit) : idOf('area', session.scope);
    const show = (value: Named | null): void => void (session === here.session && (this.place = value));
    await fresh(`place ${id}`, () => this.#named(id), ({ value }) => show(value));
  }

  async #zone(): Promise<string> {
    if (here.session === null) return (await here.ask(OPEN_ZONE, {}, null)).data.wall.district.timezone;
    return (await here.ask(ZONE, {})).data.areas[0]?.timezone ?? this.timezone;
  }

  async #named(id: string): Promise<Named | null> {
    const { node } = (await here.ask(OWN_PLACE, { id })).data;
    return node !== null && isNamed(node) ? { name: node.name, nameEn: node.nameEn } : null;
  }
}

export const own = new Own();
