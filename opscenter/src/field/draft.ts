/** A report while it is being written; kept on the phone so that nothing typed is lost. */
import type { Kind } from './actions';
import type { Spot } from './device/place';
import type { Category, Grid } from './questions';

export type How = 'gps' | 'grid' | 'words';

export interface Draft {
  shots: { kind: Kind; blob: Blob }[];
  category: Category | null;
  description: string;
  contact: string;
  how: How;
  spot: Spot | null;
  /** The grid of the spot, or the chosen one; null where it is not known yet. */
  grid: Grid | null;
  address: string;
}

export const EMPTY: Draft = {
  shots: [], category: null, description: '', contact: '', how: 'gps', spot: null, grid: null,
  address: '',
}; // prettier-ignore

const given = (text: string): string | undefined => text.trim() || undefined;

/** What a place says to the command: a point or a grid is enough, else it is unlocated. */
export function placeOf(draft: Draft, scope: string): Record<string, unknown> | null {
  const address = given(draft.address);
  if (draft.how === 'gps')
    return draft.spot && { point: { lon: draft.spot.lon, lat: draft.spot.lat }, address };
  if (draft.how === 'grid') return draft.grid && { grid: draft.grid.code, address };
  return address === undefined ? null : { unlocated: true, address, scope: scope || undefined };
}

/** The command's input, null while something is missing. */
export function inputOf(draft: Draft, channel: string, scope: string): Record<string, unknown> | null {
  const place = placeOf(draft, scope);
  if (draft.category === null || place === null) return null;
  return {
    channel,
    category: draft.category.code,
    place,
    description: given(draft.description),
    contact: given(draft.contact),
  };
}
