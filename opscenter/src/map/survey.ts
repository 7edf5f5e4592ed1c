/**
 * The rings of a district in whole numbers, and where its townships end.
 *
 * Neighbouring grids share vertices, so the borders are found by comparing edges: no second
 * set of lines is sent. In whole numbers an edge is two small keys, and what is found holds
 * for every size of the map, so it is looked for once.
 */
import type { Geo, GeoGrid } from './geo';

/** Pairs of whole numbers, in the order of a ring. */
export type Whole = readonly number[];

export interface Survey {
  /** The grids that have rings. */
  drawn: GeoGrid[];
  /** Their rings. */
  rings: Whole[][];
  /** By ring, the edges that no grid of the same township shares, each by where it starts. */
  borders: number[][][];
}

const OUTER = -1;
const known = new WeakMap<Geo, Survey>();

/** The survey of a district, made once. */
export function surveyOf(geo: Geo): Survey {
  const found = known.get(geo) ?? survey(geo);
  known.set(geo, found);
  return found;
}

/** Undo the delta coding. */
export function summed(ring: readonly number[]): number[] {
  const points: number[] = [];
  let x = 0;
  let y = 0;
  for (let at = 0; at + 1 < ring.length; at += 2) {
    x += ring[at] as number;
    y += ring[at + 1] as number;
    points.push(x, y);
  }
  return points;
}

function survey(geo: Geo): Survey {
  const drawn = geo.grids.filter(({ rings }) => rings.length > 0);
  const rings = drawn.map((grid) => grid.rings.map(summed));
  const townships = new Map<string, number>();
  const owners = drawn.map(({ township }) => {
    const owner = townships.get(township) ?? townships.size;
    townships.set(township, owner);
    return owner;
  });
  const keys = keysOf(rings);
  const sides = sidesOf(keys, owners);
  const borders = keys.map((all) =>
    all.map((edges) =>
      edges.flatMap((key, at) => (key !== null && isBorder(sides.get(key) as number) ? [at] : [])),
    ),
  );
  return { drawn, rings, borders };
}

/**
 * A key for each edge of each ring, alike in both directions; null for an edge of no length.
 *
 * Keys are as small as the district allows: below 2^30 a map finds one several times as fast.
 */
function keysOf(rings: Whole[][]): (number | null)[][][] {
  const ids = new Map<number, number>();
  const [west, south, across] = extent(rings);
  const placed = rings.map((all) =>
    all.map((ring) => {
      const points: number[] = [];
      for (let at = 0; at < ring.length; at += 2) {
        const place = ((ring[at] as number) - west) * across + (ring[at + 1] as number) - south;
        const id = ids.get(place) ?? ids.size;
        if (id === ids.size) ids.set(place, id);
        points.push(id);
      }
      return points;
    }),
  );
  const most = ids.size;
  return placed.map((all) =>
    all.map((points) =>
      points.map((from, at) => {
        const to = points[at + 1 < points.length ? at + 1 : 0] as number;
        return from === to ? null : Math.min(from, to) * most + Math.max(from, to);
      }),
    ),
  );
}

/** The corner of all rings, and how many steps apart two columns of places are. */
function extent(rings: Whole[][]): [west: number, south: number, across: number] {
  let [west, south, north] = [Infinity, Infinity, -Infinity];
  for (const all of rings)
    for (const ring of all)
      for (let at = 0; at < ring.length; at += 2) {
        west = Math.min(west, ring[at] as number);
        south = Math.min(south, ring[at + 1] as number);
        north = Math.max(north, ring[at + 1] as number);
      }
  return [west, south, Math.max(1, north - south + 1)];
}

/** By edge: twice its township's number, one more when that lies on both sides, or OUTER. */
function sidesOf(keys: (number | null)[][][], owners: number[]): Map<number, number> {
  const sides = new Map<number, number>();
  keys.forEach((all, at) => {
    const owner = (owners[at] as number) * 2;
    for (const edges of all)
      for (const key of edges) {
        if (key === null) continue;
        const before = sides.get(key);
        if (before === undefined) sides.set(key, owner);
        else sides.set(key, before >> 1 === owner >> 1 ? owner + 1 : OUTER);
      }
  });
  return sides;
}

const isBorder = (side: number): boolean => side === OUTER || side % 2 === 0;
