/** What `/geo.json` says, decoded and laid into a panel of pixels. */

import type { Geo, GeoGrid, GeoTownship } from './geo';
import { surveyOf, type Whole } from './survey';

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
const NAMED_GRIDS = 60;

/** Is there too little survey to draw? Fewer than half the grids have rings. */
export function needsTiles(geo: Geo): boolean {
  return geo.grids.filter(({ rings }) => rings.length > 0).length * 2 < Math.max(1, geo.grids.length);
}

/** By what a longitude shrinks, and the width and height of some bounds, in degrees of latitude. */
function extent([west, south, east, north]: Geo['bounds']): readonly [shrink: number, width: number, height: number] {
  const shrink = Math.cos((((south + north) / 2) * Math.PI) / 180);
  return [shrink, Math.max((east - west) * shrink, 1e-9), Math.max(north - south, 1e-9)];
}

/** How large some bounds become in a box: pixels for a degree of latitude. */
export function zoomIn(bounds: Geo['bounds'], box: Box): number {
  const [, width, height] = extent(bounds);
  return Math.min(box.width / width, box.height / height);
}

/** Degrees to pixels: equirectangular around the middle latitude, as large as `box` allows. */
export function fit(bounds: Geo['bounds'], box: Box): (lon: number, lat: number) => [number, number] {
  const [shrink, width, height] = extent(bounds);
  const zoom = zoomIn(bounds, box);
  const left = box.x + (box.width - width * zoom) / 2;
  const top = box.y + (box.height - height * zoom) / 2;
  return (lon, lat) => [left + (lon - bounds[0]) * shrink * zoom, top + (bounds[3] - lat) * zoom];
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

/** Does a district that lies in `box` reach into the panel's lower left corner, up to `corner`? */
export function reaches(geo: Geo, box: Box, corner: readonly [right: number, top: number]): boolean {
  const project = fit(geo.bounds, box);
  const scale = geo.scale ?? 1e5;
  return surveyOf(geo).rings.some((all) =>
    all.some((ring) => {
      for (let at = 0; at < ring.length; at += 2) {
        const [x, y] = project((ring[at] as number) / scale, (ring[at + 1] as number) / scale);
        if (x < corner[0] && y > corner[1]) return true;
      }
      return false;
    }),
  );
}

/** Lay a surveyed district into `box`. */
export function layOut(geo: Geo, box: Box): Plan {
  const project = fit(geo.bounds, box);
  const scale = geo.scale ?? 1e5;
  const { drawn, rings, borders } = surveyOf(geo);
  const shapes = drawn.map(({ code }, at) => {
    const laid = (rings[at] ?? []).map((ring) => pointsOf(ring, scale, project));
    return { ...shapeOf(code, laid), border: edgesOf(laid, borders[at] ?? []) };
  });
  const townships = new Map(drawn.map(({ code, township }) => [code, township]));
  const anchors = geo.townships.flatMap((township) => {
    const members = shapes.filter(({ code }) => townships.get(code) === township.code);
    return anchor(township, members, project) ?? [];
  });
  const own = geo.townships.length === 0 && drawn.length <= NAMED_GRIDS;
  return { shapes, anchors: own ? gridAnchors(drawn, shapes).slice(geo.named ? 1 : 0, geo.named) : anchors, tiled: false };
}

export function pointsOf(
  ring: Whole,
  scale: number,
  project: (lon: number, lat: number) => [number, number],
): [number, number][] {
  const points: [number, number][] = [];
  for (let at = 0; at < ring.length; at += 2)
    points.push(project((ring[at] as number) / scale, (ring[at + 1] as number) / scale));
  return points;
}

const edgesOf = (rings: Ring[], borders: readonly (readonly number[])[]): Shape['border'] =>
  rings.flatMap((ring, index) =>
    (borders[index] ?? []).map(
      (at) => [ring[at], ring[(at + 1) % ring.length]] as Shape['border'][number],
    ),
  );

/** In a community, which has no areas below it, the grids themselves are named. */
const gridAnchors = (grids: GeoGrid[], shapes: Shape[]): Anchor[] =>
  grids.map(({ code, name }, index) => {
    const [x, y] = shapes[index]?.centre ?? [0, 0];
    return { code, name, nameEn: name, x, y };
  });
