/**
 * A day of the wall, folded in the browser: any instant of it without asking the server.
 *
 * The columns hold absolute values by step, made by the server's own fold (ADR 0036). The
 * wall at an instant is how the day began, with the last value of each thing up to there.
 * Going on in time applies only what lies between; going back begins the day again, which
 * for some thousand changes takes a millisecond.
 */
import type { AreaLoad, DepartmentLoad, FeedEntry, GridLoad, Overview, Scene } from '../feed/messages';

export interface WallDay {
  start: string;
  end: string;
  /** Up to when the day is told: its end, or when it was asked for. */
  told: string;
  position: string;
  scene: Scene;
  at: number[];
  overview: number[];
  gridCodes: string[];
  grids: number[];
  departments: DepartmentLoad[];
  duties: number[];
  areas: AreaLoad[];
  loads: number[];
  feed: FeedEntry[];
  lines: number[];
}

const FEED_LENGTH = 30;
const NUMBERS = 9;
/** Stands in a column for null: in a closing rate, for nothing left to close. */
const NOBODY = -1;
const orNull = (value: number): number | null => (value === NOBODY ? null : value);

/** A cursor into rows of equal width whose first column is the step. */
class Rows {
  #next = 0;

  constructor(
    private readonly cells: readonly number[],
    private readonly width: number,
  ) {}

  /** Hand out the rows up to and with a step, in order. */
  upTo(step: number, take: (...row: number[]) => void): void {
    while (this.#next < this.cells.length && (this.cells[this.#next] as number) <= step) {
      take(...this.cells.slice(this.#next + 1, this.#next + this.width));
      this.#next += this.width;
    }
  }
}

export class FoldedDay {
  readonly from: number;
  readonly to: number;
  #step = -1;
  #grids = new Map<string, GridLoad>();
  #departments = new Map<string, DepartmentLoad>();
  #areas = new Map<string, AreaLoad>();
  #feed: FeedEntry[] = [];
  #rows: [Rows, Rows, Rows] = [new Rows([], 1), new Rows([], 1), new Rows([], 1)];
  #line = 0;

  constructor(private readonly day: WallDay) {
    this.from = Date.parse(day.start);
    this.to = Math.min(Date.parse(day.told), Date.parse(day.end) - 1);
    this.#begin();
  }

  /** Its midnight, as the server says it. */
  get start(): string {
    return this.day.start;
  }

  /** Every letter that a line of the day is written with, each once. */
  get letters(): string {
    const { feed, areas, departments } = this.day;
    const told = feed.flatMap(({ category, area }) => [category ?? '', area ?? '']);
    const named = [...areas, ...departments].map(({ name }) => name);
    return [...new Set([...told, ...named].join(''))].join('');
  }

  /** Whether this day can tell of an instant, in milliseconds since 1970. */
  holds(at: number): boolean {
    return at >= this.from && at <= this.to;
  }

  /** The whole wall at an instant of the day. */
  sceneAt(at: number): Scene {
    const step = this.#stepAt(at - this.from);
    if (step < this.#step) this.#begin();
    this.#goOn(step);
    const { scene, position } = this.day;
    return {
      ...scene,
      position,
      overview: step < 0 ? scene.overview : this.#overview(step),
      grids: [...this.#grids.values()],
      departments: [...this.#departments.values()],
      townships: [...this.#areas.values()],
      feed: this.#feed,
    };
  }

  /** The last step that holds so many milliseconds after the start, -1 for none. */
  #stepAt(after: number): number {
    const { at } = this.day;
    let [low, high] = [0, at.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((at[middle] as number) <= after) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #begin(): void {
    const { scene, grids, duties, loads } = this.day;
    this.#step = -1;
    this.#grids = new Map(scene.grids.map((grid) => [grid.code, grid]));
    this.#departments = new Map(scene.departments.map((unit) => [unit.id, unit]));
    this.#areas = new Map(scene.townships.map((area) => [area.scope, area]));
    this.#feed = scene.feed;
    this.#rows = [new Rows(grids, 5), new Rows(duties, 6), new Rows(loads, 5)];
    this.#line = 0;
  }

  #goOn(step: number): void {
    const { day } = this;
    const [grids, duties, loads] = this.#rows;
    grids.upTo(step, (place = 0, open = 0, overdue = 0, lifeSafety = 0) => {
      const code = day.gridCodes[place] ?? '';
      this.#grids.set(code, { code, open, overdue, lifeSafety });
    });
    duties.upTo(step, (place = 0, open = 0, overdue = 0, handled = 0, rate = 0) => {
      const unit = day.departments[place];
      if (unit === undefined) return;
      if (rate === NOBODY) this.#departments.delete(unit.id); // its only case was dispatched anew
      else this.#departments.set(unit.id, { ...unit, open, overdue, handled, closingRateBp: rate });
    });
    loads.upTo(step, (place = 0, open = 0, overdue = 0, rate = 0) => {
      const area = day.areas[place];
      if (area === undefined) return;
      if (rate === NOBODY) this.#areas.delete(area.scope);
      else this.#areas.set(area.scope, { ...area, open, overdue, closingRateBp: rate });
    });
    const told = this.#line;
    while (this.#line < day.lines.length && (day.lines[this.#line] as number) <= step) this.#line += 1;
    if (this.#line > told)
      this.#feed = [...day.feed.slice(told, this.#line).reverse(), ...this.#feed].slice(0, FEED_LENGTH);
    this.#step = step;
  }

  #overview(step: number): Overview {
    const cells = this.day.overview.slice(step * NUMBERS, (step + 1) * NUMBERS);
    const [open = 0, reportedToday = 0, closedToday = 0, overdue = 0, lifeSafety = 0, total = 0, closed = 0] = cells;
    const [rate = -1, accept = -1] = cells.slice(7);
    return {
      open, reportedToday, closedToday, overdue, lifeSafety, total, closed,
      closingRateBp: orNull(rate), acceptP50S: orNull(accept),
    };
  }
}
