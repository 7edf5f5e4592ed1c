/**
 * A map for places without surveyed grids: a card for each township, a tile for each grid.
 *
 * All tiles are equally large, so that colour alone tells the load; the township with the
 * most grids decides how large. Cards keep the order of the geometry.
 */
import { type Box, type Geo, type Plan, type Shape, shapeOf } from './geometry';

interface Block {
  code: string;
  name: string;
  nameEn: string;
  grids: string[];
}

/** Width of a card for one of its height, about: a line of text and some rows of tiles. */
const CARD_ASPECT = 2.4;
const GUTTER = 0.05;
const TILE_GAP = 0.12;

/** Is there too little survey to draw? Fewer than half the grids have rings. */
export function needsTiles(geo: Geo): boolean {
  return geo.grids.filter(({ rings }) => rings.length > 0).length * 2 < Math.max(1, geo.grids.length);
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

/** The largest tile of which `count` fit into a width and height. */
export function tileSide(count: number, width: number, height: number): number {
  for (let columns = 1, side = 0; ; columns += 1) {
    const rows = Math.ceil(count / columns);
    const next = Math.min(width / columns, height / rows);
    if (next < side || columns > count) return side;
    side = Math.max(side, next);
  }
}

function tiles(block: Block, card: Box, side: number): Shape[] {
  const columns = Math.max(1, Math.floor(card.width / side + 1e-6));
  const edge = side * (1 - TILE_GAP);
  return block.grids.map((code, index) => {
    const x = card.x + (index % columns) * side;
    const y = card.y + Math.floor(index / columns) * side;
    return shapeOf(code, [[[x, y], [x + edge, y], [x + edge, y + edge], [x, y + edge]]]);
  });
}

/** Lay cards into `box`; `title` is the height kept for each card's name, `largest` a tile's. */
export function layTiles(geo: Geo, box: Box, title: number, largest: number): Plan {
  const list = blocks(geo);
  const columns = Math.max(
    1,
    Math.round(Math.sqrt((list.length * box.width) / Math.max(1, box.height) / CARD_ASPECT)),
  );
  const rows = Math.max(1, Math.ceil(list.length / columns));
  const [width, height] = [box.width / columns, box.height / rows];
  const inner = { width: width * (1 - GUTTER), height: Math.max(1, height - title * 1.2) };
  const most = Math.max(1, ...list.map(({ grids }) => grids.length));
  const side = Math.min(largest, tileSide(most, inner.width, inner.height));
  const shapes: Shape[] = [];
  const anchors: Plan['anchors'] = [];
  for (const [index, block] of list.entries()) {
    const x = box.x + (index % columns) * width;
    const y = box.y + Math.floor(index / columns) * height;
    shapes.push(...tiles(block, { x, y: y + title, ...inner }, side));
    const { code, name, nameEn } = block;
    anchors.push({ code, name, nameEn, x, y: y + title / 2, room: inner.width });
  }
  return { shapes, anchors, tiled: true };
}
