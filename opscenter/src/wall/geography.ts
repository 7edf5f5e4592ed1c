/** Fetching the district's shapes, and from them the township of each grid. */
import type { Geo } from '../map/geo';
import { geoUrl } from './params';

/** The geometry, or null when the server has none to give now. */
export async function fetchGeo(scope: string | null): Promise<Geo | null> {
  const answer = await fetch(geoUrl(scope)).catch(() => null);
  if (answer === null || !answer.ok) return null;
  return (await answer.json().catch(() => null)) as Geo | null;
}

/** Township names by grid code. */
export function placesOf(geo: Geo | null): Map<string, { name: string; nameEn: string }> {
  const townships = new Map((geo?.townships ?? []).map((township) => [township.code, township]));
  const places = new Map<string, { name: string; nameEn: string }>();
  for (const { code, township } of geo?.grids ?? []) {
    const { name, nameEn } = townships.get(township) ?? { name: township, nameEn: township };
    places.set(code, { name, nameEn });
  }
  return places;
}
