/** Whom this phone speaks for, by name, the clock of the district it is in, and what can be reported there: kept for when there is no network. */
import { idOf } from '../ui/ids';
import type { Session } from '../ui/session';
import { here, keepAsking } from './here.svelte';
import { CATEGORIES, type Category, type Named, OPEN_ZONE, OWN_PLACE, ZONE } from './questions';

const isNamed = (node: object): node is Named => 'name' in node;

/** What can be reported in a place; a resident without a token yet is not told. */
export async function categoriesOf(scope: string | null, token: string | null): Promise<Category[]> {
  if (token === null) throw new Error('no token yet');
  return (await here.ask(CATEGORIES, { scope }, token)).data.categories;
}

class Own {
  /** The district's time zone; the phone's own until it is known. */
  timezone = $state(Intl.DateTimeFormat().resolvedOptions().timeZone);
  /** The area or the department one acts for. */
  place = $state.raw<Named | null>(null);

  /** Ask for all of it until it has come; categories too, as the first report may be one without a network. */
  learn(session: Session | null): () => void {
    this.place = null;
    const stops = [keepAsking('zone', () => this.#zone(), ({ value }) => (this.timezone = value))];
    if (session !== null) {
      const { unit, scope, token } = session;
      stops.push(keepAsking('categories', () => categoriesOf(scope || null, token), () => undefined));
      const id = unit ? idOf('department', unit) : scope && idOf('area', scope);
      if (id) stops.push(keepAsking(`place ${id}`, () => this.#named(id), ({ value }) => (this.place = value)));
    }
    return () => stops.forEach((stop) => stop());
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
