/**
 * A map for places without surveyed grids: a card for each township, a tile for each grid.
 *
 * All tiles are equally large, so that colour alone tells the load, and as large as the
 * panel allows. Cards stand in columns; each next one goes where most room is left.
 */
import type { Geo } from './geo';
import { type Box, type Plan, type Shape, shapeOf } from './geometry';

interface Block {
  code: string;
  name: string;
  nameEn: string;
  grids: string[];
}

const COLUMNS = [1, 2, 3, 4, 5, 6, 8];
/** A column is at least so many times as wide as a name is high, so that names can be read. */
const NARROWEST = 5.5;
const SMALLEST = 4;
/** Of the column's width, left free on its right. */
const GUTTER = 0.05;
const TILE_GAP = 0.12;

interface Placed {
  block: Block;
  x: number;
  y: number;
}

function blocks(geo: Geo): Block[] {
  const names = new Map(geo.townships.map((township) => [township.code, township]));
  const found = new Map<string, Block>();
  for (const { code, township } of geo.grids) {
    const { name, nameEn } = names.get(township) ?? { name: township, nameEn: township };
    const block = found.get(township) ?? { code: township, name, nameEn, grids: [] };
    block.grids.push(code);
    found.set(township, block);
  }
  return [...found.values()];
}

/** The cards in columns with tiles of this side, or null where they don't fit. */
function arrange(list: Block[], box: Box, title: number, side: number, columns: number): Placed[] | null {
  const width = box.width / columns;
  const across = Math.floor((width * (1 - GUTTER)) / side);
  if (across < 1) return null;
  const filled = new Array<number>(columns).fill(0);
  const placed: Placed[] = [];
  for (const block of list) {
    const height = title * 1.3 + Math.ceil(block.grids.length / across) * side;
    const column = filled.indexOf(Math.min(...filled));
    const top = filled[column] ?? 0;
    if (top + height - title * 0.3 > box.height) return null;
    placed.push({ block, x: box.x + column * width, y: box.y + top });
    filled[column] = top + height;
  }
  return placed;
}

function tiles({ block, x, y }: Placed, title: number, side: number, across: number): Shape[] {
  const edge = side * (1 - TILE_GAP);
  return block.grids.map((code, index) => {
    const left = x + (index % across) * side;
    const top = y + title + Math.floor(index / across) * side;
    const [right, bottom] = [left + edge, top + edge];
    return shapeOf(code, [[[left, top], [right, top], [right, bottom], [left, bottom]]]);
  });
}

/** Lay cards into `box`; `title` is the height kept for each card's name, `largest` a tile's. */
export function layTiles(geo: Geo, box: Box, title: number, largest: number): Plan {
  const list = blocks(geo);
  const choices = COLUMNS.filter((columns) => box.width / columns >= NARROWEST * title);
  for (let side = largest; side >= SMALLEST; side -= 1) {
    for (const columns of choices) {
      const placed = arrange(list, box, title, side, columns);
      if (placed === null) continue;
      const room = (box.width / columns) * (1 - GUTTER);
      const across = Math.floor(room / side);
      return {
        shapes: placed.flatMap((one) => tiles(one, title, side, across)),
        anchors: placed.map(({ block: { code, name, nameEn }, x, y }) => ({
          code, name, nameEn, x, y: y + title / 2, room,
        })),
        tiled: true,
      };
    }
  }
  // More grids than the panel has room for: one field of tiles without names.
  const field = { code: '', name: '', nameEn: '', grids: geo.grids.map(({ code }) => code) };
  const side = Math.sqrt((box.width * box.height) / Math.max(1, field.grids.length)) * 0.9;
  const across = Math.max(1, Math.floor(box.width / side));
  return { shapes: tiles({ block: field, x: box.x, y: box.y }, 0, side, across), anchors: [], tiled: true };
}
