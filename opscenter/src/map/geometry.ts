/**
 * What `/geo.json` says, decoded and laid into a panel of pixels.
 *
 * Rings come as delta-coded integers (first pair absolute, each next one the step from the
 * last; `scale` units per degree). Neighbouring grids share vertices, so the borders of
 * townships are found by comparing edges: no second set of lines is sent.
 */

export interface GeoGrid {
  code: string;
  name: string;
  township: string;
  rings: number[][];
}

export interface GeoTownship {
  code: string;
  name: string;
  nameEn: string;
  lon: number | null;
  lat: number | null;
}

export interface Geo {
  version: string;
  bounds: [number, number, number, number];
  scale?: number;
  schematic: boolean;
  grids: GeoGrid[];
  townships: GeoTownship[];
}

export type Ring = readonly (readonly [number, number])[];

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A grid in panel pixels; `border` holds its edges that no grid of its township shares. */
export interface Shape {
  code: string;
  rings: Ring[];
  border: [readonly [number, number], readonly [number, number]][];
  centre: [number, number];
  size: number;
}

export interface Anchor {
  code: string;
  name: string;
  nameEn: string;
  x: number;
  y: number;
  /** On a card: the name starts at `x` and has this much room. On a map: it is centred there. */
  room?: number;
}

/** Everything the painter needs: shapes and the places of the township names. */
export interface Plan {
  shapes: Shape[];
  anchors: Anchor[];
  tiled: boolean;
}

/** So many grids of an area without areas below it are named one by one. */
const NAMED_GRIDS = 40;

/** Undo the delta coding: degrees, in the order of the ring. */
export function decode(ring: number[], scale: number): [number, number][] {
  const points: [number, number][] = [];
  let x = 0;
  let y = 0;
  for (let index = 0; index + 1 < ring.length; index += 2) {
    x += ring[index] ?? 0;
    y += ring[index + 1] ?? 0;
    points.push([x / scale, y / scale]);
  }
  return points;
}

/** Is there too little survey to draw? Fewer than half the grids have rings. */
export function needsTiles(geo: Geo): boolean {
  return geo.grids.filter(({ rings }) => rings.length > 0).length * 2 < Math.max(1, geo.grids.length);
}

/** Degrees to pixels: equirectangular around the middle latitude, as large as `box` allows. */
export function fit(bounds: Geo['bounds'], box: Box): (lon: number, lat: number) => [number, number] {
  const [west, south, east, north] = bounds;
  const shrink = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const width = Math.max((east - west) * shrink, 1e-9);
  const height = Math.max(north - south, 1e-9);
  const zoom = Math.min(box.width / width, box.height / height);
  const left = box.x + (box.width - width * zoom) / 2;
  const top = box.y + (box.height - height * zoom) / 2;
  return (lon, lat) => [left + (lon - west) * shrink * zoom, top + (north - lat) * zoom];
}

/** Signed area and centre of a ring (shoelace); a degenerate ring gives its first point. */
export function centroid(ring: Ring): { area: number; x: number; y: number } {
  let area = 0;
  let x = 0;
  let y = 0;
  ring.forEach(([ax, ay], index) => {
    const [bx, by] = ring[(index + 1) % ring.length] ?? [ax, ay];
    const cross = ax * by - bx * ay;
    area += cross / 2;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  });
  if (Math.abs(area) < 1e-9) return { area: 0, x: ring[0]?.[0] ?? 0, y: ring[0]?.[1] ?? 0 };
  return { area, x: x / (6 * area), y: y / (6 * area) };
}

const edgeKey = (a: readonly [number, number], b: readonly [number, number]): string => {
  const from = `${a[0].toFixed(2)} ${a[1].toFixed(2)}`;
  const to = `${b[0].toFixed(2)} ${b[1].toFixed(2)}`;
  return from < to ? `${from} ${to}` : `${to} ${from}`;
};

const edges = (ring: Ring): Shape['border'] =>
  ring.flatMap((point, index) => {
    const next = ring[(index + 1) % ring.length];
    return next && (next[0] !== point[0] || next[1] !== point[1])
      ? [[point, next] as Shape['border'][number]]
      : [];
  });

/** Give each shape the edges where its township ends. */
export function findBorders(shapes: Shape[], townshipOf: (code: string) => string): void {
  const sides = new Map<string, string[]>();
  for (const shape of shapes)
    for (const ring of shape.rings)
      for (const [a, b] of edges(ring)) {
        const key = edgeKey(a, b);
        sides.set(key, [...(sides.get(key) ?? []), townshipOf(shape.code)]);
      }
  for (const shape of shapes) {
    shape.border = shape.rings.flatMap(edges).filter(([a, b]) => {
      const here = sides.get(edgeKey(a, b)) ?? [];
      return here.length < 2 || here.some((township) => township !== here[0]);
    });
  }
}

/** A shape from its rings: the largest ring gives the centre and the size (side of its square). */
export function shapeOf(code: string, rings: Ring[]): Shape {
  const measured = rings.map(centroid).sort((a, b) => Math.abs(b.area) - Math.abs(a.area));
  const { x, y, area } = measured[0] ?? { x: 0, y: 0, area: 0 };
  return { code, rings, border: [], centre: [x, y], size: Math.sqrt(Math.abs(area)) };
}

/** Where a township's name goes: its seat when given, else the middle of its grids. */
function anchor(
  township: GeoTownship,
  members: Shape[],
  project: (lon: number, lat: number) => [number, number],
): Anchor | null {
  const { code, name, nameEn, lon, lat } = township;
  if (lon !== null && lat !== null) {
    const [x, y] = project(lon, lat);
    return { code, name, nameEn, x, y };
  }
  if (members.length === 0) return null;
  const mean = (axis: 0 | 1): number =>
    members.reduce((total, { centre }) => total + centre[axis], 0) / members.length;
  return { code, name, nameEn, x: mean(0), y: mean(1) };
}

/** Lay a surveyed district into `box`. */
export function layOut(geo: Geo, box: Box): Plan {
  const project = fit(geo.bounds, box);
  const scale = geo.scale ?? 1e5;
  const drawn = geo.grids.filter(({ rings }) => rings.length > 0);
  const shapes = drawn.map(({ code, rings }) =>
    shapeOf(code, rings.map((ring) => decode(ring, scale).map(([lon, lat]) => project(lon, lat)))),
  );
  const townships = new Map(drawn.map(({ code, township }) => [code, township]));
  findBorders(shapes, (code) => townships.get(code) ?? '');
  const anchors = geo.townships.flatMap((township) => {
    const members = shapes.filter(({ code }) => townships.get(code) === township.code);
    return anchor(township, members, project) ?? [];
  });
  const own = geo.townships.length === 0 && drawn.length <= NAMED_GRIDS;
  return { shapes, anchors: own ? gridAnchors(drawn, shapes) : anchors, tiled: false };
}

/** In a community, which has no areas below it, the grids themselves are named. */
const gridAnchors = (grids: GeoGrid[], shapes: Shape[]): Anchor[] =>
  grids.map(({ code, name }, index) => {
    const [x, y] = shapes[index]?.centre ?? [0, 0];
    return { code, name, nameEn: name, x, y };
  });

/** The part of a district that one of its areas is, with its own bounds. */
export function narrowed(geo: Geo, township: string): Geo {
  const scale = geo.scale ?? 1e5;
  const grids = geo.grids.filter((grid) => grid.township === township);
  const points = grids.flatMap(({ rings }) => rings.flatMap((ring) => decode(ring, scale)));
  if (points.length === 0) return geo;
  const [lons, lats] = [points.map(([lon]) => lon), points.map(([, lat]) => lat)];
  const bounds: Geo['bounds'] = [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
  return { ...geo, grids, bounds, townships: geo.townships.filter(({ code }) => code === township) };
}
