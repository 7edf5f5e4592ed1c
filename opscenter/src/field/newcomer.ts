/** A resident's id for the next report, and a refused report as a draft again. */
import { dropValue, kept, keepValue } from './device/database';
import type { Draft, How } from './draft';
import { here } from './here.svelte';
import { courier } from './outbox/courier';
import type { Item } from './outbox/item';
import { sessionOf } from '../ui/session';

const KEY = 'newcomer';

/**
 * The token under which the next report will be written: made when there is a network,
 * used for one report only. Null without a network; then the outbox asks for one.
 */
export async function newcomer(): Promise<string | null> {
  const found = await kept<string>(KEY);
  if (found && sessionOf(found.value, Date.now())) return found.value;
  await dropValue(KEY);
  try {
    const token = await courier.newcomer();
    await keepValue(KEY, token, Date.now());
    return token;
  } catch {
    return null;
  }
}

interface Said {
  category: string;
  description?: string;
  contact?: string;
  place: {
    point?: { lon: number; lat: number };
    grid?: string;
    address?: string;
    unlocated?: boolean;
  };
}

/** A refused report to be corrected: its words, its place and its pictures. */
export async function correction(item: Item): Promise<Draft> {
  const { category, description = '', contact = '', place } = item.input as unknown as Said;
  const shots = [];
  for (const { upload, kind } of item.pictures) {
    const blob = await here.picture(upload);
    if (blob) shots.push({ kind, blob });
  }
  const how: How = place.point ? 'gps' : place.grid ? 'grid' : 'words';
  const named = { name: item.title.zh, nameEn: item.title.en };
  return {
    shots, description, contact, how,
    category: { code: category, ...named, tier: '' },
    spot: place.point ? { ...place.point, accuracyM: 0 } : null,
    grid: null,
    address: place.address ?? '',
  }; // prettier-ignore
}
