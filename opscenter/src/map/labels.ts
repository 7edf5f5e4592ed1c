/** Places for the township names: each on its own land, none over another or over the legend. */
import type { Geo } from './geo';
import type { Box } from './geometry';

export interface Label {
  code: string;
  text: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

export const overlap = (a: Box, b: Box): number =>
  Math.max(0, Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)) *
  Math.max(0, Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y));

/** Offsets tried, nearest first: rings around the seat, sixteen directions. */
function* offsets(step: number): Generator<[number, number]> {
  yield [0, 0];
  for (let radius = 1; radius <= 12; radius += 1)
    for (let turn = 0; turn < 16; turn += 1) {
      const angle = (turn * Math.PI) / 8;
      yield [Math.cos(angle) * radius * step * 1.6, Math.sin(angle) * radius * step];
    }
}

const boxOf = ({ x, y, width, height }: Label): Box => ({ x: x - width / 2, y: y - height / 2, width, height });

/** Does a name lie over one of the marks? */
export const covers = (label: Label, marks: readonly Box[]): boolean =>
  marks.some((mark) => overlap(boxOf(label), mark) > 0);

const inside = (box: Box, panel: Box): boolean =>
  box.x >= panel.x &&
  box.y >= panel.y &&
  box.x + box.width <= panel.x + panel.width &&
  box.y + box.height <= panel.y + panel.height;

/** Whether a label's middle lies in what it names, a township or a grid; `at` tells the grid at a point. */
export function homeIn({ grids }: Geo, at: (x: number, y: number) => string | null): (label: Label) => boolean {
  const townships = new Map(grids.map(({ code, township }) => [code, township]));
  return ({ code, x, y }) => {
    const grid = at(x, y) ?? '';
    return code === grid || code === townships.get(grid);
  };
}

/**
 * Move labels (centres in `x`, `y`) so that none overlaps another or a `taken` box.
 *
 * The most crowded are placed first, each as near as there is room. A name's middle lies on its own
 * land, by `home`: in a neighbour's it says what is not so. It covers none of the `marks` of what
 * is abnormal. One that finds no such place is left out: the list beside the map names all.
 */
export function place(labels: Label[], panel: Box, taken: Box[], gap = 4, marks: Box[] = [], home: (label: Label) => boolean = () => true): Label[] {
  const crowd = (label: Label): number =>
    labels.filter(
      (one) => Math.hypot((one.x - label.x) / 2, one.y - label.y) < label.height * 2,
    ).length;
  const order = [...labels].sort((a, b) => crowd(b) - crowd(a));
  const used = [...taken];
  const placed: Label[] = [];
  for (const label of order) {
    for (const [dx, dy] of offsets(label.height / 4)) {
      const moved = { ...label, x: label.x + dx, y: label.y + dy };
      const box = boxOf(moved);
      const padded = { ...box, x: box.x - gap, width: box.width + 2 * gap };
      if (!inside(box, panel) || used.some((other) => overlap(padded, other) > 0)) continue;
      if (covers(moved, marks) || !home(moved)) continue;
      used.push(box);
      placed.push(moved);
      break;
    }
  }
  return placed;
}

const SUFFIX = /(街道办事处|街道|镇|乡|社区|村| Subdistrict| Township| Town| Community| New Village| Village)$/;

/** A place's name as a map says it: without the word for its kind. */
export function shortName(name: string): string {
  const short = name.replace(SUFFIX, '');
  return short.length > 1 ? short : name;
}
