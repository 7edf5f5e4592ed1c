/**
 * The still part of the map: filled grids, their lines, the marks of what is abnormal.
 *
 * Grids are spans of pixels (`spans.ts`), lines and marks pictures of their own that are laid
 * over them. Each change writes whole rectangles anew from these three, so a map that was
 * painted bit by bit is the same, to the pixel, as one that was painted at once.
 */
import type { Plan, Shape } from './geometry';
import type { Rgb } from './ramp';
import { type Spans, spansOf } from './spans';

/** With more changed grids than this the whole map is written: one large copy is cheaper. */
const MANY = 60;

/** Rectangles in device pixels: left, top, width, height. */
type Rect = readonly [number, number, number, number];

/** The colours of lines and marks. */
export interface Ink {
  grid: string;
  border: string;
  amber: string;
  red: string;
}

/** What is abnormal in a grid: nothing, overdue cases, danger to life. */
export type Mark = 0 | 1 | 2;

export class Ground {
  readonly #image: ImageData;
  readonly #pixels: Uint32Array;
  readonly #spans: Spans[];
  readonly #colours: Uint32Array;
  readonly #lines: HTMLCanvasElement;
  readonly #marks: HTMLCanvasElement;
  readonly #dirty = new Set<number>();
  #whole = true;

  constructor(
    private readonly plan: Plan,
    width: number,
    height: number,
    private readonly ratio: number,
    private readonly unit: number,
    ink: Ink,
  ) {
    const [wide, high] = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
    this.#image = new ImageData(wide, high);
    this.#pixels = new Uint32Array(this.#image.data.buffer);
    this.#spans = plan.shapes.map(({ rings }) => spansOf(rings, wide, high, ratio));
    this.#colours = new Uint32Array(plan.shapes.length);
    this.#lines = this.#layer((context) => paintLines(context, plan, unit, ink));
    this.#marks = this.#layer(() => undefined);
  }

  /** Something has to be shown that is not on the canvas yet. */
  get changed(): boolean {
    return this.#whole || this.#dirty.size > 0;
  }

  /** Everything is to be written anew, onto a canvas that holds nothing of it. */
  spoil(): void {
    this.#whole = true;
  }

  /** Give a grid its colour; one that it has already costs nothing. */
  fill(index: number, [red, green, blue]: Rgb): void {
    const colour = (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0;
    const spans = this.#spans[index];
    if (spans === undefined || this.#colours[index] === colour) return;
    this.#colours[index] = colour;
    for (let at = 0; at < spans.length; at += 2) this.#pixels.fill(colour, spans[at], spans[at + 1]);
    this.#dirty.add(index);
  }

  /** What is abnormal has a shape: a triangle for overdue, a square for danger to life. */
  mark(marks: ArrayLike<Mark>, { grid, amber, red }: Ink): void {
    const context = this.#marks.getContext('2d');
    if (context === null) return;
    context.clearRect(0, 0, this.#marks.width, this.#marks.height);
    const [overdue, danger] = traceMarks(this.plan, this.unit, marks);
    context.lineWidth = 2 * this.unit;
    context.strokeStyle = grid;
    for (const [path, colour] of [[overdue, amber], [danger, red]] as const) {
      context.stroke(path);
      context.fillStyle = colour;
      context.fill(path);
    }
    this.#whole = true;
  }

  /** The grid that a point of the panel lies in, -1 outside all of them. */
  at(x: number, y: number): number {
    const pixel = Math.floor(y * this.ratio) * this.#image.width + Math.floor(x * this.ratio);
    return this.#spans.findIndex((spans) => {
      if (pixel < (spans[0] ?? Infinity) || pixel >= (spans.at(-1) ?? 0)) return false;
      const next = spans.findIndex((end) => end > pixel);
      return next % 2 === 1; // past the beginning of a span and before its end
    });
  }

  /** Bring what has changed onto the canvas. */
  show(context: CanvasRenderingContext2D): void {
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    for (const rect of this.#rects()) {
      context.putImageData(this.#image, 0, 0, ...rect);
      for (const layer of [this.#lines, this.#marks]) context.drawImage(layer, ...rect, ...rect);
    }
    context.restore();
    this.#whole = false;
    this.#dirty.clear();
  }

  #rects(): Rect[] {
    const { width, height } = this.#image;
    if (this.#whole || this.#dirty.size > MANY) return [[0, 0, width, height]];
    return [...this.#dirty].map((index) => boxOf(this.plan.shapes[index], this.ratio, width, height));
  }

  #layer(paint: (context: CanvasRenderingContext2D) => void): HTMLCanvasElement {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [this.#image.width, this.#image.height];
    const context = canvas.getContext('2d');
    context?.scale(this.ratio, this.ratio);
    if (context !== null) paint(context);
    return canvas;
  }
}

function boxOf(shape: Shape | undefined, ratio: number, width: number, height: number): Rect {
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (const ring of shape?.rings ?? [])
    for (const [x, y] of ring) {
      left = Math.min(left, Math.floor(x * ratio));
      top = Math.min(top, Math.floor(y * ratio));
      right = Math.max(right, Math.ceil(x * ratio));
      bottom = Math.max(bottom, Math.ceil(y * ratio));
    }
  [left, top] = [Math.max(0, left), Math.max(0, top)];
  return [left, top, Math.max(1, Math.min(width, right) - left), Math.max(1, Math.min(height, bottom) - top)];
}

const tracePath = (shape: Shape): Path2D => {
  const path = new Path2D();
  for (const ring of shape.rings) {
    ring.forEach(([x, y], index) => (index === 0 ? path.moveTo(x, y) : path.lineTo(x, y)));
    path.closePath();
  }
  return path;
};

function traceBorder({ border }: Shape): Path2D {
  const path = new Path2D();
  for (const [[ax, ay], [bx, by]] of border) {
    path.moveTo(ax, ay);
    path.lineTo(bx, by);
  }
  return path;
}

/** The borders of grids, and above them those of townships. */
function paintLines(context: CanvasRenderingContext2D, plan: Plan, unit: number, ink: Ink): void {
  if (plan.tiled) return;
  context.lineJoin = 'round';
  context.lineWidth = unit;
  context.strokeStyle = ink.grid;
  for (const shape of plan.shapes) context.stroke(tracePath(shape));
  context.lineWidth = 1.6 * unit;
  context.strokeStyle = ink.border;
  for (const shape of plan.shapes) if (shape.border.length > 0) context.stroke(traceBorder(shape));
}

/** Half of a mark's width: it grows with its grid, within limits. */
export const halfOf = (size: number, unit: number, tiled: boolean): number =>
  unit * Math.min(8, Math.max(tiled ? 3 : 5, size / unit / 4));

function traceMarks({ shapes, tiled }: Plan, unit: number, marks: ArrayLike<Mark>): [Path2D, Path2D] {
  const [overdue, danger] = [new Path2D(), new Path2D()];
  for (const [index, { centre: [x, y], size }] of shapes.entries()) {
    const half = halfOf(size, unit, tiled);
    if (marks[index] === 2) {
      const side = Math.max(half, 7 * unit) * 2;
      danger.rect(x - side / 2, y - side / 2, side, side);
    } else if (marks[index] === 1) {
      overdue.moveTo(x, y - half);
      overdue.lineTo(x + half, y + half * 0.75);
      overdue.lineTo(x - half, y + half * 0.75);
      overdue.closePath();
    }
  }
  return [overdue, danger];
}
