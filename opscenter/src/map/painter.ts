/**
 * Two canvases: below the filled grids, painted once and then only where a count changed;
 * above the marks that move. Without a GPU this is the only renderer that holds 60 frames.
 */
import type { Mark } from '../i18n/verbs';
import type { Plan, Shape } from './geometry';
import { type Pulse, Pulses } from './pulses';
import { capOf, css, ramp, type Rgb, share, STOPS } from './ramp';

/** Changed grids are painted together, at most this often. */
export const REPAINT_MS = 50;

/** The colours of a map: `stops` from few to many, the rest lines and marks. */
export interface Palette {
  stops: readonly Rgb[];
  grid: string;
  border: string;
  amber: string;
  red: string;
  pulse: string;
}

export const DARK: Palette = {
  stops: STOPS,
  grid: 'rgb(10 14 21)',
  border: 'rgb(96 122 150)',
  amber: 'rgb(255 184 46)',
  red: 'rgb(255 77 77)',
  pulse: 'rgb(232 244 255)',
};

export interface Load {
  open: number;
  overdue: number;
  lifeSafety: number;
}

const tracePath = (shape: Shape): Path2D => {
  const path = new Path2D();
  for (const ring of shape.rings) {
    ring.forEach(([x, y], index) => (index === 0 ? path.moveTo(x, y) : path.lineTo(x, y)));
    path.closePath();
  }
  return path;
};

const traceBorder = (shape: Shape): Path2D | null => {
  if (shape.border.length === 0) return null;
  const path = new Path2D();
  for (const [[ax, ay], [bx, by]] of shape.border) {
    path.moveTo(ax, ay);
    path.lineTo(bx, by);
  }
  return path;
};

export class Painter {
  cap = 4;
  readonly pulses = new Pulses();
  #plan: Plan = { shapes: [], anchors: [], tiled: false };
  #paths: Path2D[] = [];
  #borders: (Path2D | null)[] = [];
  #index = new Map<string, number>();
  #loads: Load[] = [];
  #dirty = new Set<number>();
  #overdue = new Path2D();
  #danger = new Path2D();
  #paintedAt = -Infinity;
  #frame = 0;
  #drawnPulses = false;
  /** Both canvases in design pixels: what is cleared, whatever the device's pixels are. */
  #extent: [number, number] = [0, 0];
  #still: boolean;
  #unit = 1;

  constructor(
    private readonly base: HTMLCanvasElement,
    private readonly over: HTMLCanvasElement,
    still: boolean,
    private readonly palette: Palette = DARK,
  ) {
    this.#still = still;
  }

  /** Take a new plan; `unit` is the pixels of one design pixel (1 at 1920 × 1080). */
  load(plan: Plan, width: number, height: number, unit: number): void {
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    this.#extent = [width, height];
    for (const canvas of [this.base, this.over]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.getContext('2d')?.setTransform(ratio, 0, 0, ratio, 0, 0);
    }
    this.#plan = plan;
    this.#unit = unit;
    this.#paths = plan.shapes.map(tracePath);
    this.#borders = plan.shapes.map(traceBorder);
    this.#index = new Map(plan.shapes.map(({ code }, index) => [code, index]));
    this.#loads = plan.shapes.map(() => ({ open: 0, overdue: 0, lifeSafety: 0 }));
    this.pulses.clear();
  }

  /** Every count anew: the scale is chosen again and everything painted. */
  setAll(loads: Iterable<[string, Load]>): void {
    this.#loads = this.#loads.map(() => ({ open: 0, overdue: 0, lifeSafety: 0 }));
    for (const [code, load] of loads) this.#put(code, load);
    this.cap = capOf(this.#loads.map(({ open }) => open));
    this.#markAll();
  }

  /** Some counts changed; a count beyond the scale stretches it. */
  setSome(loads: Iterable<Load & { code: string }>): boolean {
    let largest = 0;
    for (const load of loads) {
      const index = this.#put(load.code, load);
      if (index !== undefined) this.#dirty.add(index);
      largest = Math.max(largest, load.open);
    }
    const stretched = largest > this.cap;
    if (stretched) {
      this.cap = capOf([largest * 1.2]);
      this.#markAll();
    }
    this.#wake();
    return stretched;
  }

  pulse(code: string, mark: Mark): void {
    const index = this.#index.get(code);
    if (index === undefined) return;
    if (this.pulses.add(index, mark, performance.now())) this.#wake();
  }

  /** The grid at a point of the panel, null outside all of them. */
  at(x: number, y: number): string | null {
    const context = this.base.getContext('2d');
    const ratio = this.base.width / Math.max(1, this.base.clientWidth);
    const index = this.#paths.findIndex((path) => context?.isPointInPath(path, x * ratio, y * ratio, 'evenodd'));
    return this.#plan.shapes[index]?.code ?? null;
  }

  /** Where a grid's centre is on the page, for tests and for pointing at it. */
  centre(code: string): [number, number] | null {
    return this.#plan.shapes[this.#index.get(code) ?? -1]?.centre ?? null;
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  #put(code: string, { open, overdue, lifeSafety }: Load): number | undefined {
    const index = this.#index.get(code);
    if (index !== undefined) this.#loads[index] = { open, overdue, lifeSafety };
    return index;
  }

  #markAll(): void {
    for (const index of this.#loads.keys()) this.#dirty.add(index);
    this.#paintedAt = -Infinity;
    this.#wake();
  }

  #wake(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame((now) => this.#draw(now));
  }

  #draw(now: number): void {
    this.#frame = 0;
    let marks = false;
    if (this.#dirty.size > 0 && now - this.#paintedAt >= REPAINT_MS) {
      this.#paintGrids();
      this.#paintedAt = now;
      marks = true;
    }
    this.pulses.expire(now);
    const alive = this.pulses.live.length > 0;
    if (marks || alive || this.#drawnPulses) this.#paintMarks(now);
    this.#drawnPulses = alive;
    if (alive || this.#dirty.size > 0) this.#wake();
  }

  #paintGrids(): void {
    const context = this.base.getContext('2d');
    if (context === null) return;
    if (this.#dirty.size === this.#loads.length)
      context.clearRect(0, 0, ...this.#extent);
    context.lineJoin = 'round';
    for (const index of this.#dirty) {
      const path = this.#paths[index];
      const load = this.#loads[index];
      if (path === undefined || load === undefined) continue;
      context.fillStyle = css(ramp(share(load.open, this.cap), this.palette.stops));
      context.fill(path, 'evenodd');
      context.lineWidth = this.#plan.tiled ? 0 : this.#unit;
      context.strokeStyle = this.palette.grid;
      if (!this.#plan.tiled) context.stroke(path);
    }
    this.#paintBorders(context);
    this.#traceAbnormal();
    this.#dirty.clear();
  }

  #paintBorders(context: CanvasRenderingContext2D): void {
    if (this.#plan.tiled) return;
    context.lineWidth = 1.6 * this.#unit;
    context.strokeStyle = this.palette.border;
    for (const index of this.#dirty) {
      const border = this.#borders[index];
      if (border) context.stroke(border);
    }
  }

  #paintMarks(now: number): void {
    const context = this.over.getContext('2d');
    if (context === null) return;
    context.clearRect(0, 0, ...this.#extent);
    this.#paintAbnormal(context);
    for (const pulse of this.pulses.live) this.#paintPulse(context, pulse, now);
    context.globalAlpha = 1;
  }

  /** What is abnormal has a shape: a triangle for overdue, a square for danger to life. */
  #traceAbnormal(): void {
    this.#overdue = new Path2D();
    this.#danger = new Path2D();
    for (const [index, shape] of this.#plan.shapes.entries()) {
      const { overdue = 0, lifeSafety = 0 } = this.#loads[index] ?? {};
      const [x, y] = shape.centre;
      const half = this.#unit * Math.min(8, Math.max(this.#plan.tiled ? 3 : 5, shape.size / this.#unit / 4));
      if (lifeSafety > 0) {
        const side = Math.max(half, 7 * this.#unit) * 2;
        this.#danger.rect(x - side / 2, y - side / 2, side, side);
      } else if (overdue > 0) {
        this.#overdue.moveTo(x, y - half);
        this.#overdue.lineTo(x + half, y + half * 0.75);
        this.#overdue.lineTo(x - half, y + half * 0.75);
        this.#overdue.closePath();
      }
    }
  }

  #paintAbnormal(context: CanvasRenderingContext2D): void {
    context.globalAlpha = 1;
    context.lineWidth = 2 * this.#unit;
    context.strokeStyle = this.palette.grid;
    for (const [path, colour] of [[this.#overdue, this.palette.amber], [this.#danger, this.palette.red]] as const) {
      context.stroke(path);
      context.fillStyle = colour;
      context.fill(path);
    }
  }

  #paintPulse(context: CanvasRenderingContext2D, pulse: Pulse, now: number): void {
    const shape = this.#plan.shapes[pulse.index];
    if (shape === undefined) return;
    const [x, y] = shape.centre;
    const alarm = pulse.mark === 'alarm';
    const progress = this.#still ? 0.4 : (now - pulse.from) / (pulse.until - pulse.from);
    const reach = (alarm ? 34 : pulse.mark === 'new' ? 24 : 15) * this.#unit;
    context.globalAlpha = this.#still ? 0.9 : Math.max(0, 1 - progress) ** 0.7;
    context.strokeStyle = alarm ? this.palette.amber : this.palette.pulse;
    context.lineWidth = (alarm ? 4 : 2.5) * this.#unit;
    context.beginPath();
    if (pulse.mark === 'done') {
      const reached = reach * (1 - progress) * 0.8;
      context.rect(x - reached, y - reached, reached * 2, reached * 2);
    } else {
      context.arc(x, y, 4 * this.#unit + reach * (alarm ? (progress * 3) % 1 : progress), 0, 7);
    }
    context.stroke();
  }
}

