/** What the area or the department is called that somebody acts for. */
import type { Answer } from '../generated/operations';
import { gql } from './graphql';
import { idOf } from './ids';
import type { Session } from './session';
import { signed } from './signed.svelte';

export type Named = Extract<NonNullable<Answer<'PlaceName'>['node']>, { name: unknown }>;

const PLACE = gql<'PlaceName'>(`query PlaceName($id: ID!) {
  node(id: $id) { ... on Area { name nameEn } ... on Department { name nameEn } }
}`);

const isNamed = (node: object): node is Named => 'name' in node;

/** Its name; null where there is none, and while the server gives nothing: the code says it too. */
export async function placeName({ unit, scope }: Pick<Session, 'unit' | 'scope'>): Promise<Named | null> {
  if (!unit && !scope) return null;
  const id = unit ? idOf('department', unit) : idOf('area', scope);
  const answer = await signed.ask(PLACE, { id }).catch(() => null);
  const node = answer?.data.node ?? null;
  return node !== null && isNamed(node) ? node : null;
}
