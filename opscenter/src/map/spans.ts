/**
 * Which pixels a shape fills: those whose middle lies in it, as spans of a row.
 *
 * Worked out once for a size of the map; a grid then takes a new colour by filling some dozens
 * of spans, hundreds of times faster than a path with soft edges. Neighbours share their edges,
 * so every pixel belongs to one grid at most, whatever the order in which they are painted.
 */
import type { Ring } from './geometry';

/** Spans `from` to `to` (not included) into a picture's pixels, one after the other. */
export type Spans = Int32Array<ArrayBuffer>;

/** The spans of a shape's rings (even-odd) in a picture `width` × `height` device pixels large. */
export function spansOf(rings: readonly Ring[], width: number, height: number, ratio: number): Spans {
  const [top, crossings] = crossingsOf(rings, height, ratio);
  const spans: number[] = [];
  crossings.forEach((row, index) => {
    if (row.length > 2 || (row[0] as number) > (row[1] as number)) row.sort((a, b) => a - b);
    const start = (top + index) * width;
    for (let at = 0; at + 1 < row.length; at += 2) {
      const from = Math.max(0, Math.ceil((row[at] as number) - 0.5));
      const to = Math.min(width, Math.ceil((row[at + 1] as number) - 0.5));
      if (to > from) spans.push(start + from, start + to);
    }
  });
  return Int32Array.from(spans);
}

/** Where the rings cross the middle of each row of pixels: the first row, then row by row. */
function crossingsOf(rings: readonly Ring[], height: number, ratio: number): [number, number[][]] {
  let [least, most] = [Infinity, -Infinity];
  for (const ring of rings)
    for (const [, y] of ring) {
      least = Math.min(least, y);
      most = Math.max(most, y);
    }
  const top = Math.max(0, rowFrom(least, ratio));
  const end = Math.min(height, rowFrom(most, ratio));
  const rows: number[][] = Array.from({ length: Math.max(0, end - top) }, () => []);
  for (const ring of rings)
    for (let at = 0; at < ring.length; at += 1) {
      const [a, b] = [ring[at], ring[(at + 1) % ring.length]];
      if (a !== undefined && b !== undefined) cross(rows, top, a, b, ratio);
    }
  return [top, rows];
}

/** The first row whose middle lies at or below `y`. */
const rowFrom = (y: number, ratio: number): number => Math.ceil(y * ratio - 0.5);

/** From the upper end to the lower, whichever way the ring goes: both neighbours reckon alike. */
function cross(
  rows: number[][],
  top: number,
  a: readonly [number, number],
  b: readonly [number, number],
  ratio: number,
): void {
  const down = a[1] < b[1] || (a[1] === b[1] && a[0] < b[0]);
  const [[ax, ay], [bx, by]] = down ? [a, b] : [b, a];
  const slope = (bx - ax) / (by - ay);
  const end = Math.min(top + rows.length, rowFrom(by, ratio));
  for (let row = Math.max(top, rowFrom(ay, ratio)); row < end; row += 1)
    rows[row - top]?.push((ax + ((row + 0.5) / ratio - ay) * slope) * ratio);
}
