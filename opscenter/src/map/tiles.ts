/**
 * A map for places without surveyed grids: each township a block, each grid a tile in it.
 *
 * Blocks are cut by halving the panel along its longer side with equal weights on both
 * sides, so every tile is about as large as any other and the order of codes is kept.
 */
import { type Box, type Geo, type Plan, type Shape, shapeOf } from './geometry';

interface Block {
  code: string;
  name: string;
  nameEn: string;
  grids: string[];
}

const GAP = 3;

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

function cut(list: Block[], box: Box, place: (block: Block, box: Box) => void): void {
  const [first] = list;
  if (first === undefined) return;
  if (list.length === 1) return place(first, box);
  const total = list.reduce((sum, { grids }) => sum + grids.length, 0);
  let taken = 0;
  let split = 0;
  while (split < list.length - 1 && (split === 0 || taken * 2 < total)) {
    taken += list[split]?.grids.length ?? 0;
    split += 1;
  }
  const wide = box.width > box.height;
  const part = taken / total;
  const near = wide
    ? { ...box, width: box.width * part }
    : { ...box, height: box.height * part };
  const far = wide
    ? { ...box, x: box.x + near.width, width: box.width - near.width }
    : { ...box, y: box.y + near.height, height: box.height - near.height };
  cut(list.slice(0, split), near, place);
  cut(list.slice(split), far, place);
}

/** Tiles of one block, row by row under its name. */
function tilesOf(block: Block, box: Box, title: number): Shape[] {
  const inner = {
    x: box.x + GAP * 2,
    y: box.y + title,
    width: Math.max(1, box.width - GAP * 4),
    height: Math.max(1, box.height - title - GAP * 2),
  };
  const columns = Math.max(1, Math.round(Math.sqrt((block.grids.length * inner.width) / inner.height)));
  const rows = Math.ceil(block.grids.length / columns);
  const width = inner.width / columns;
  const height = inner.height / rows;
  return block.grids.map((code, index) => {
    const x = inner.x + (index % columns) * width;
    const y = inner.y + Math.floor(index / columns) * height;
    const [right, bottom] = [x + Math.max(1, width - GAP), y + Math.max(1, height - GAP)];
    return shapeOf(code, [[[x, y], [right, y], [right, bottom], [x, bottom]]]);
  });
}

/** Lay tiles into `box`; `title` is the height kept for each block's name. */
export function layTiles(geo: Geo, box: Box, title: number): Plan {
  const shapes: Shape[] = [];
  const anchors: Plan['anchors'] = [];
  cut(blocks(geo), box, (block, area) => {
    shapes.push(...tilesOf(block, area, title));
    const { code, name, nameEn } = block;
    anchors.push({ code, name, nameEn, x: area.x + area.width / 2, y: area.y + title / 2 });
  });
  return { shapes, anchors, tiled: true };
}
