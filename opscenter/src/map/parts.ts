/** Parts of a district with bounds of their own: one of its areas, a grid amid its neighbours. */
import type { Geo, GeoGrid } from './geo';
import { pointsOf } from './geometry';
import { summed } from './survey';

/** Of the nearest grids, how many fill the picture of one, and how many are drawn up to its edges. */
const [NEIGHBOURS, DRAWN_AROUND] = [8, 60];

/** Undo the delta coding: degrees, in the order of the ring. */
export const decode = (ring: number[], scale: number): [number, number][] =>
  pointsOf(summed(ring), scale, (lon, lat) => [lon, lat]);

const boundsOf = (grids: readonly GeoGrid[], scale: number): Geo['bounds'] | null => {
  const points = grids.flatMap(({ rings }) => rings.flatMap((ring) => decode(ring, scale)));
  if (points.length === 0) return null;
  const [lons, lats] = [points.map(([lon]) => lon), points.map(([, lat]) => lat)];
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
};

/** A grid in the middle of its neighbours, as large as they allow; the whole where it has no border. */
export function around(geo: Geo, code: string): Geo {
  const scale = geo.scale ?? 1e5;
  const middle = geo.grids.filter((grid) => grid.code === code);
  const own = boundsOf(middle, scale);
  if (own === null) return geo;
  const [lon = 0, lat = 0] = middle[0]?.rings[0] ?? [];
  const [x, y] = [(own[0] + own[2]) / 2, (own[1] + own[3]) / 2];
  const away = ({ code: its, rings: [ring] }: GeoGrid): number =>
    its === code ? -1 : Math.hypot((ring?.[0] ?? Infinity) - lon, (ring?.[1] ?? Infinity) - lat);
  const grids = geo.grids
    .map((grid) => [away(grid), grid] as const)
    .sort(([a], [b]) => a - b)
    .slice(0, DRAWN_AROUND)
    .map(([, grid]) => grid);
  const seen = boundsOf(grids.slice(0, NEIGHBOURS + 1), scale) ?? own;
  const [wide, high] = [Math.max(x - seen[0], seen[2] - x), Math.max(y - seen[1], seen[3] - y)];
  return { ...geo, grids, townships: [], named: NEIGHBOURS + 1, bounds: [x - wide, y - high, x + wide, y + high] };
}

/** The part of a district that one of its areas is, with its own bounds. */
export function narrowed(geo: Geo, township: string): Geo {
  const grids = geo.grids.filter((grid) => grid.township === township);
  const bounds = boundsOf(grids, geo.scale ?? 1e5);
  if (bounds === null) return geo;
  return { ...geo, grids, bounds, townships: geo.townships.filter(({ code }) => code === township) };
}
