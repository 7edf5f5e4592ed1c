import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Geo } from './geo';
import { type Box, centroid, fit, layOut, needsTiles } from './geometry';
import { around, decode } from './parts';
import { spansOf } from './spans';
import { covers, homeIn, type Label, overlap, place, shortName } from './labels';
import { ALARM_MS, GRID_MS, LIVE_LIMIT, Pulses } from './pulses';
import { capOf, ramp, share, ticks } from './ramp';
import { layTiles } from './tiles';

/** A two-by-one district: two squares that share an edge, in two townships. */
const GEO: Geo = {
  version: '1',
  bounds: [118, 37, 118.02, 37.01],
  scale: 1e5,
  schematic: true,
  grids: [
    { code: 'a', name: 'A', township: 't1', rings: [[11800000, 3700000, 1000, 0, 0, 1000, -1000, 0]] },
    { code: 'b', name: 'B', township: 't2', rings: [[11801000, 3700000, 1000, 0, 0, 1000, -1000, 0]] },
  ],
  townships: [
    { code: 't1', name: '一街道', nameEn: 'One Subdistrict', lon: 118.005, lat: 37.005 },
    { code: 't2', name: '二镇', nameEn: 'Two Town', lon: null, lat: null },
  ],
};
const BOX = { x: 10, y: 20, width: 400, height: 300 };

test('delta-coded integers decode to degrees', () => {
  expect(decode([11800000, 3700000, 1000, 0, 0, 1000], 1e5)).toEqual([
    [118, 37], [118.01, 37], [118.01, 37.01],
  ]);
});

test('the district fills the box, north up, with its proportions', () => {
  const project = fit(GEO.bounds, BOX);
  const [left, bottom] = project(118, 37);
  const [right, top] = project(118.02, 37.01);
  expect(right - left).toBeCloseTo(400);
  expect((bottom - top) / (right - left)).toBeCloseTo(0.5 / Math.cos((37.005 * Math.PI) / 180));
  expect(left).toBeCloseTo(10);
  expect((top + bottom) / 2).toBeCloseTo(170);
});

test('shared edges inside a township are no border, between townships they are', () => {
  const [a] = layOut(GEO, BOX).shapes;
  expect(a?.border).toHaveLength(4);
  const one: Geo = { ...GEO, grids: GEO.grids.map((grid) => ({ ...grid, township: 't1' })) };
  expect(layOut(one, BOX).shapes.map(({ border }) => border.length)).toEqual([3, 3]);
});

test('every pixel of a district belongs to one grid, whatever the borders, none to two', () => {
  const inner = fc.record({ x: fc.double({ min: 8, max: 32, noNaN: true }), y: fc.double({ min: 8, max: 22, noNaN: true }) });
  fc.assert(
    fc.property(inner, fc.constantFrom(1, 1.5, 2), ({ x, y }, ratio) => {
      const [width, height] = [40 * ratio, 30 * ratio];
      const corners = [[0, 0], [40, 0], [40, 30], [0, 30]] as const;
      const owners = new Uint8Array(width * height);
      corners.forEach((corner, at) => {
        const spans = spansOf([[corner, corners[(at + 1) % 4] ?? corner, [x, y]]], width, height, ratio);
        for (let span = 0; span < spans.length; span += 2)
          for (let pixel = spans[span] ?? 0; pixel < (spans[span + 1] ?? 0); pixel += 1) owners[pixel] = (owners[pixel] ?? 0) + 1;
      });
      expect([Math.min(...owners), Math.max(...owners)]).toEqual([1, 1]);
    }),
  );
});

test('a hole in a grid is not filled, and what lies outside the panel is left out', () => {
  const square = (from: number, to: number) => [[from, from], [to, from], [to, to], [from, to]] as [number, number][];
  const spans = spansOf([square(-5, 10), square(4, 6)], 8, 8, 1);
  const filled = new Set<number>();
  for (let at = 0; at < spans.length; at += 2)
    for (let pixel = spans[at] ?? 0; pixel < (spans[at + 1] ?? 0); pixel += 1) filled.add(pixel);
  expect(filled.size).toBe(8 * 8 - 4);
  expect([filled.has(4 * 8 + 4), filled.has(3 * 8 + 4)]).toEqual([false, true]);
});

test('a township without a seat is named at the middle of its grids', () => {
  const { anchors, shapes } = layOut(GEO, BOX);
  expect(anchors.map(({ code }) => code)).toEqual(['t1', 't2']);
  expect(anchors[1]?.x).toBeCloseTo(shapes[1]?.centre[0] ?? 0);
});

test('the centre of a square is its middle, of a line its first point', () => {
  expect(centroid([[0, 0], [2, 0], [2, 2], [0, 2]])).toEqual({ area: 4, x: 1, y: 1 });
  expect(centroid([[3, 4], [5, 4]])).toEqual({ area: 0, x: 3, y: 4 });
});

test('grids without rings become tiles inside the box, none over another', () => {
  const flat: Geo = {
    ...GEO,
    grids: Array.from({ length: 57 }, (_, at) => ({
      code: `g${at}`, name: '', township: `t${at % 7}`, rings: [],
    })),
  };
  expect([needsTiles(GEO), needsTiles(flat)]).toEqual([false, true]);
  const { shapes, anchors, tiled } = layTiles(flat, BOX, 30, 40);
  expect([shapes.length, anchors.length, tiled]).toEqual([57, 7, true]);
  const boxes = shapes.map(({ rings }) => {
    const [a, , c] = rings[0] ?? [];
    return { x: a?.[0] ?? 0, y: a?.[1] ?? 0, width: (c?.[0] ?? 0) - (a?.[0] ?? 0), height: (c?.[1] ?? 0) - (a?.[1] ?? 0) };
  });
  for (const [at, box] of boxes.entries()) {
    expect(box.x >= BOX.x && box.y >= BOX.y).toBe(true);
    expect(box.x + box.width <= BOX.x + BOX.width && box.y + box.height <= BOX.y + BOX.height).toBe(true);
    expect(boxes.slice(at + 1).some((other) => overlap(box, other) > 0)).toBe(false);
  }
});

test('tiles are as large as the panel allows, and thousands still fit', () => {
  const many = (count: number): Geo => ({
    ...GEO,
    grids: Array.from({ length: count }, (_, at) => ({ code: `g${at}`, name: '', township: 't1', rings: [] })),
  });
  const sideOf = (count: number): number => layTiles(many(count), BOX, 30, 40).shapes[0]?.size ?? 0;
  expect(sideOf(4)).toBeCloseTo(40 * 0.88);
  expect(sideOf(400)).toBeLessThan(sideOf(40));
  const field = layTiles(many(20_000), BOX, 30, 40);
  expect([field.shapes.length, field.anchors.length]).toEqual([20_000, 0]);
});

test('the ramp grows lighter with every step and each case more is another colour', () => {
  const light = ([r, g, b]: readonly [number, number, number]): number => 0.2126 * r + 0.7152 * g + 0.0722 * b;
  for (let t = 0; t < 1; t += 0.01) expect(light(ramp(t + 0.01))).toBeGreaterThanOrEqual(light(ramp(t)));
  for (const cap of [4, 8, 20, 50])
    for (let open = 0; open < cap; open += 1)
      expect(ramp(share(open + 1, cap)), `${open} of ${cap}`).not.toEqual(ramp(share(open, cap)));
});

test('the scale ends at a round number, and its ticks keep apart', () => {
  expect([capOf([]), capOf([9]), capOf([11]), capOf([37]), capOf([420])]).toEqual([4, 10, 12, 40, 500]);
  fc.assert(
    fc.property(fc.integer({ min: 4, max: 20_000 }), (cap) => {
      const shares = ticks(cap, 0.2).map((tick) => share(tick, cap));
      for (const [at, value] of shares.slice(1).entries())
        expect(value - (shares[at] ?? 0)).toBeGreaterThanOrEqual(0.2);
      expect([shares[0], shares.at(-1)]).toEqual([0, 1]);
    }),
  );
});

test('one pulse per grid in 400 ms, 400 alive, an alarm always gets through', () => {
  const pulses = new Pulses();
  expect(pulses.add(1, 'new', 0)).toBe(true);
  expect(pulses.add(1, 'move', GRID_MS - 1)).toBe(false);
  expect(pulses.add(1, 'move', GRID_MS)).toBe(true);
  expect(pulses.add(1, 'alarm', GRID_MS + 1)).toBe(true);
  for (let index = 10; index < 1_000; index += 1) pulses.add(index, 'new', 500);
  expect(pulses.live).toHaveLength(LIVE_LIMIT);
  expect(pulses.add(5_000, 'new', 500)).toBe(false);
  expect(pulses.add(5_000, 'alarm', 500)).toBe(true);
  expect(pulses.live).toHaveLength(LIVE_LIMIT);
  expect(pulses.live.filter(({ mark }) => mark === 'alarm')).toHaveLength(2);
  pulses.expire(500 + ALARM_MS);
  expect(pulses.live).toEqual([]);
});

test('labels never overlap one another, the legend or the edge', () => {
  const panel = { x: 0, y: 0, width: 900, height: 700 };
  const legend = { x: 0, y: 600, width: 300, height: 100 };
  const seats = fc.array(fc.tuple(fc.integer({ min: 60, max: 840 }), fc.integer({ min: 20, max: 680 })), {
    minLength: 15, maxLength: 15,
  });
  fc.assert(
    fc.property(seats, (points) => {
      const labels: Label[] = points.map(([x, y], at) => ({
        code: String(at), text: '', x, y, width: 110, height: 30,
      }));
      const boxes = place(labels, panel, [legend]).map(({ x, y, width, height }) => ({
        x: x - width / 2, y: y - height / 2, width, height,
      }));
      for (const [at, box] of boxes.entries())
        for (const other of [legend, ...boxes.slice(at + 1)]) expect(overlap(box, other)).toBe(0);
    }),
    { numRuns: 50 },
  );
});

test('a crowded city centre still finds room for every name', () => {
  const seats = [[400, 300], [430, 310], [460, 300], [420, 340], [450, 345], [700, 100], [200, 120]];
  const labels = seats.map(([x = 0, y = 0], at) => ({
    code: String(at), text: '', x, y, width: 120, height: 32,
  }));
  const placed = place(labels, { x: 0, y: 0, width: 900, height: 700 }, []);
  expect(placed).toHaveLength(seats.length);
  for (const { code, x, y } of placed) {
    const [seatX = 0, seatY = 0] = seats[Number(code)] ?? [];
    expect(Math.hypot(x - seatX, y - seatY)).toBeLessThan(130);
  }
});

test('a name gives way to a mark near by, and is left out where there is no other place', () => {
  const panel = { x: 0, y: 0, width: 900, height: 700 };
  const seat: Label = { code: 'a', text: '', x: 450, y: 350, width: 120, height: 32 };
  const mark = { x: 440, y: 342, width: 16, height: 16 };
  const [still] = place([seat], panel, [], 4, [{ ...mark, y: 100 }]);
  expect(still).toEqual(seat);
  const [moved] = place([seat], panel, [], 4, [mark]);
  expect(covers(moved as Label, [mark])).toBe(false);
  expect(Math.hypot((moved as Label).x - seat.x, (moved as Label).y - seat.y)).toBeLessThan(60);
  expect(place([seat], panel, [], 4, [panel])).toEqual([]);
});

test('a name stands on its own land alone, and is left out where none of it is free', () => {
  const label: Label = { code: 'a', text: '市东', x: 200, y: 200, width: 80, height: 40 };
  const marks = [{ x: 190, y: 190, width: 20, height: 20 }];
  const panel = { x: 0, y: 0, width: 400, height: 400 };
  const at = (own: (x: number) => boolean, taken: Box[] = []) =>
    place([label], panel, taken, 4, marks, ({ x }) => own(x));
  const [free, west] = [at(() => true), at((x) => x < 190)];
  expect(free[0]?.x).toBeGreaterThan(190);
  expect(west[0]?.x).toBeLessThan(190);
  for (const [one] of [free, west]) expect(covers(one as Label, marks)).toBe(false);
  expect(at(() => false)).toEqual([]);
  expect(at((x) => x < 190, [{ x: 0, y: 0, width: 200, height: 400 }])).toEqual([]);
});

test('land of a name: a township its grids, a grid itself', () => {
  const geo = { grids: [{ code: 'g1', township: 't' }, { code: 'g2', township: 'u' }] } as Geo;
  const home = homeIn(geo, (x) => (x < 0 ? null : x < 10 ? 'g1' : 'g2'));
  const label = (code: string, x: number) => ({ code, text: '', x, y: 0, width: 1, height: 1 });
  expect([label('t', 5), label('u', 15), label('g2', 15)].map(home)).toEqual([true, true, true]);
  expect([label('t', 15), label('t', -1), label('g1', 15)].map(home)).toEqual([false, false, false]);
});

test('map names drop the word for their kind', () => {
  expect(['市中街道', '三河湖镇', '秦皇台乡', 'Beizhen Subdistrict', 'Back Bay'].map(shortName)).toEqual([
    '市中', '三河湖', '秦皇台', 'Beizhen', 'Back Bay',
  ]);
});

test('a grid amid its neighbours lies in the middle, the nearest first, and is not named itself', () => {
  const square = (code: string, x: number, y: number) => ({ code, name: code, township: 't', rings: [[x, y, 10, 0, 0, 10, -10, 0]] });
  const grids = Array.from({ length: 81 }, (_, at) => square(String(at), 100 + (at % 9) * 10, 100 + Math.floor(at / 9) * 10));
  const whole: Geo = { version: '1', bounds: [1, 1, 2, 2], scale: 100, schematic: false, grids, townships: [] };
  const part = around(whole, '40');
  expect([part.grids.length, part.grids[0]?.code, part.named]).toEqual([60, '40', 9]);
  const [west, south, east, north] = part.bounds;
  expect([(west + east) / 2, (south + north) / 2]).toEqual([1.45, 1.45]);
  const plan = layOut(part, { x: 0, y: 0, width: 300, height: 300 });
  expect(plan.anchors.map(({ code }) => code).sort()).toEqual(['30', '31', '32', '39', '41', '48', '49', '50']);
  expect(around(whole, 'unknown')).toBe(whole);
});
