/**
 * Two canvases: below the still map, written only where something changed; above the rings
 * that move. Without a GPU this is the only renderer that holds 60 frames.
 */
import type { Mark as Verb } from '../i18n/verbs';
import type { Box, Plan } from './geometry';
import { Ground, halfOf, type Mark } from './ground';
import { Pulses } from './pulses';
import { capOf, grey, ramp, type Rgb, share, STOPS } from './ramp';
import { Rings } from './rings';

/**
 * Changed grids are painted together, at most every third frame. Three frames of a 60 Hz display
 * are 49.98 to 50.02 ms by its own stamps: 50 made half of them wait for a fourth.
 */
export const REPAINT_MS = 45;
/** So many rings are wiped one by one; more, and the whole canvas is. */
const FEW = 40;

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

const NONE: Load = { open: 0, overdue: 0, lifeSafety: 0 };

type Wiped = readonly [left: number, top: number, width: number, height: number];

export class Painter {
  cap = 4;
  /** When the map was last drawn, in milliseconds of the page's own clock; for measurements. */
  drawnAt = -Infinity;
  readonly pulses = new Pulses();
  #plan: Plan = { shapes: [], anchors: [], tiled: false };
  #ground: Ground | null = null;
  #rings: Rings;
  #ratio = 1;
  #unit = 1;
  #index = new Map<string, number>();
  #loads: Load[] = [];
  #marks = new Uint8Array();
  #marksChanged = false;
  #grey = false;
  #paintedAt = -Infinity;
  #frame = 0;
  /** Where rings were drawn last, to be wiped; null: everywhere. */
  #drawn: Wiped[] | null = [];

  constructor(
    private readonly base: HTMLCanvasElement,
    private readonly over: HTMLCanvasElement,
    private readonly still: boolean,
    private readonly palette: Palette = DARK,
  ) {
    this.#rings = new Rings(palette, 1, still);
  }

  /** Take a new plan; `unit` is the pixels of one design pixel (1 at 1920 × 1080). */
  load(plan: Plan, width: number, height: number, unit: number): void {
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    for (const canvas of [this.base, this.over]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    this.#plan = plan;
    this.#ratio = ratio;
    this.#unit = unit;
    this.#ground = new Ground(plan, width, height, ratio, unit, this.palette);
    this.#rings = new Rings(this.palette, unit * ratio, this.still);
    this.#index = new Map(plan.shapes.map(({ code }, index) => [code, index]));
    this.#loads = plan.shapes.map(() => NONE);
    this.#marks = new Uint8Array(plan.shapes.length);
    this.#drawn = [];
    this.pulses.clear();
  }

  /** Every count anew: the scale is chosen again, and what differs is painted. */
  setAll(loads: Iterable<[string, Load]>): void {
    const fresh = new Map(loads);
    for (const { code } of this.#plan.shapes) this.#put(code, fresh.get(code) ?? NONE);
    this.cap = capOf(this.#loads.map(({ open }) => open));
    this.#colourAll();
    this.#paintedAt = -Infinity;
    this.#wake();
  }

  /** Some counts changed; a count beyond the scale stretches it. */
  setSome(loads: Iterable<Load & { code: string }>): boolean {
    let largest = 0;
    for (const load of loads) {
      const index = this.#put(load.code, load);
      if (index !== undefined) this.#ground?.fill(index, this.#colour(load.open));
      largest = Math.max(largest, load.open);
    }
    const stretched = largest > this.cap;
    if (stretched) {
      this.cap = capOf([largest * 1.2]);
      this.#colourAll();
    }
    this.#wake();
    return stretched;
  }

  /** Take the colour out of the loads: they are old. Marks keep theirs. */
  fade(old: boolean): void {
    if (this.#grey === old) return;
    this.#grey = old;
    this.#colourAll();
    this.#wake();
  }

  pulse(code: string, mark: Verb): void {
    const index = this.#index.get(code);
    if (index === undefined) return;
    if (this.pulses.add(index, mark, performance.now())) this.#wake();
  }

  /** The grid at a point of the panel, null outside all of them. */
  at(x: number, y: number): string | null {
    return this.#plan.shapes[this.#ground?.at(x, y) ?? -1]?.code ?? null;
  }

  /** Where a grid's centre is on the page, for tests and for pointing at it. */
  centre(code: string): [number, number] | null {
    return this.#plan.shapes[this.#index.get(code) ?? -1]?.centre ?? null;
  }

  /** Where the marks of what is abnormal are: a name gives way to them. */
  marks(): Box[] {
    return this.#plan.shapes.flatMap(({ centre: [x, y], size }, index) => {
      if (!this.#marks[index]) return [];
      const half = halfOf(size, this.#unit, this.#plan.tiled);
      return [{ x: x - half, y: y - half, width: 2 * half, height: 2 * half }];
    });
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  #put(code: string, { open, overdue, lifeSafety }: Load): number | undefined {
    const index = this.#index.get(code);
    if (index === undefined) return undefined;
    this.#loads[index] = { open, overdue, lifeSafety };
    const mark: Mark = lifeSafety > 0 ? 2 : overdue > 0 ? 1 : 0;
    this.#marksChanged ||= this.#marks[index] !== mark;
    this.#marks[index] = mark;
    return index;
  }

  #colour(open: number): Rgb {
    const colour = ramp(share(open, this.cap), this.palette.stops);
    return this.#grey ? grey(colour) : colour;
  }

  #colourAll(): void {
    this.#loads.forEach(({ open }, index) => this.#ground?.fill(index, this.#colour(open)));
  }

  #wake(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame((now) => this.#draw(now));
  }

  #draw(now: number): void {
    this.#frame = 0;
    const due = this.#marksChanged || (this.#ground?.changed ?? false);
    if (due && now - this.#paintedAt >= REPAINT_MS) {
      this.#paintGround();
      this.#paintedAt = now;
    }
    this.pulses.expire(now);
    this.#paintRings(now);
    if (this.#paintedAt === now || !due) this.drawnAt = performance.now();
    if (this.pulses.live.length > 0 || (due && this.#paintedAt !== now)) this.#wake();
  }

  #paintGround(): void {
    const context = this.base.getContext('2d');
    if (context === null || this.#ground === null) return;
    if (this.#marksChanged) this.#ground.mark(this.#marks as ArrayLike<number> as ArrayLike<Mark>, this.palette);
    this.#marksChanged = false;
    this.#ground.show(context);
  }

  #paintRings(now: number): void {
    const { live } = this.pulses;
    const context = this.over.getContext('2d');
    if (context === null || (live.length === 0 && this.#drawn?.length === 0)) return;
    if (this.#drawn === null) context.clearRect(0, 0, this.over.width, this.over.height);
    else for (const rect of this.#drawn) context.clearRect(...rect);
    const drawn: Wiped[] = [];
    for (const pulse of live) {
      const [x = 0, y = 0] = this.#plan.shapes[pulse.index]?.centre ?? [];
      drawn.push(this.#rings.stamp(context, pulse, x * this.#ratio, y * this.#ratio, now));
    }
    this.#drawn = drawn.length > FEW ? null : drawn;
  }
}
