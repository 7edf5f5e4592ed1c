/** What the wall shows now as a list: each number with the name by which the console asks it why. */
import { count, type Key as WallKey, type Lang, named, percent, span, word } from '../i18n';
import { shortName } from '../map/labels';
import { DAY_MS } from '../ui/days';
import { speaker } from '../ui/words';
import type { OnWall } from './why-questions';
import { WHY_WORDS } from './why-words';

/** Whose number it is; without both the place that is looked at. */
export interface Where {
  area?: string;
  department?: string;
  since?: string;
  until?: string;
  position?: string;
  /** A grid in danger, a kind of worker or step, and where a step happened. */
  grid?: string;
  kind?: string;
  place?: string;
  /** The case that is asked about, in place of a figure. */
  number?: string;
}

export interface Cell {
  figure: string;
  text: string;
  late: boolean;
  where: Where;
}

export interface Row {
  key: string;
  name: string;
  /** The place that one may go into from here. */
  into: string | null;
  cells: Cell[];
}

export interface Table {
  key: string;
  heading: string;
  /** What stands above the cells. */
  columns: string[];
  rows: Row[];
}

/** The wall's own order, and the names it has in the address of a why. */
const FIGURES = ['open', 'reportedToday', 'closedToday', 'closingRateBp', 'acceptP50S', 'overdue', 'lifeSafety'] as const;
const TITLES: Readonly<Record<string, WallKey>> = { closingRateBp: 'closingRate', acceptP50S: 'acceptP50' };

const rateText = (value: number | null): string => (value === null ? '–' : `${percent(value)} %`);

function lasting(lang: Lang, seconds: number | null): string {
  const { value, unit } = span(seconds);
  return `${value}${unit ? ` ${word(lang, unit)}` : ''}`;
}

function overall({ wall, wallCalm }: OnWall, lang: Lang, now: number): Table {
  const say = speaker(WHY_WORDS, lang);
  const row = (figure: string, name: string, text: string, where: Where = {}, late = false): Row => ({
    key: name, name, into: null, cells: [{ figure, text, late, where }],
  });
  const texts: Readonly<Record<string, (value: number | null) => string>> = {
    closingRateBp: rateText, acceptP50S: (value) => lasting(lang, value),
  };
  const rows = FIGURES.map((figure) => {
    const value = wall.overview[figure];
    const text = texts[figure]?.(value) ?? count(value ?? 0);
    return row(figure, word(lang, TITLES[figure] ?? (figure as WallKey)), text, {}, figure === 'overdue' && (value ?? 0) > 0);
  });
  const { days, ended, endedAt, halfOverS } = wallCalm;
  const calmS = endedAt === null || wall.overview.lifeSafety > 0 ? null : Math.floor((now - Date.parse(endedAt)) / 1_000);
  const since = new Date(now - days * DAY_MS).toISOString();
  return {
    key: 'overall', heading: named(lang, wall.district.name, wall.district.nameEn), columns: [],
    rows: [
      ...rows,
      row('dangersOver', say('dangersIn', { days }), count(ended), { since }),
      ...(calmS === null ? [] : [row('dangersOver', say('calmFor'), lasting(lang, calmS), { since })]),
      ...(halfOverS === null ? [] : [row('dangersOver', say('halfOver'), lasting(lang, halfOverS), { since })]),
    ],
  };
}

type Loads = { open: number; overdue: number; handled?: number; closingRateBp: number | null };

/** A cell for each number that a place or a department has. */
function cellsOf({ open, overdue, handled, closingRateBp }: Loads, where: Where): Cell[] {
  const cell = (figure: string, text: string, late = false): Cell => ({ figure, text, late, where });
  return [
    cell('open', count(open)),
    cell('overdue', count(overdue), overdue > 0),
    ...(handled === undefined ? [] : [cell('handled', count(handled))]),
    cell('closingRateBp', rateText(closingRateBp)),
  ];
}

function places({ wall }: OnWall, lang: Lang): Table {
  const say = speaker(WHY_WORDS, lang);
  const all = (level: string): boolean => wall.townships.every((one) => one.level === level);
  return {
    key: 'places', heading: all('grid') ? say('grids') : all('community') ? say('communities') : word(lang, all('township') ? 'townships' : 'areas'),
    columns: [word(lang, 'openShort'), word(lang, 'overdueShort'), word(lang, 'rateShort')],
    rows: wall.townships.map((one): Row => ({
      key: one.scope, name: shortName(named(lang, one.name, one.nameEn)), into: one.level === 'grid' ? null : one.scope,
      cells: cellsOf(one, { area: one.scope }),
    })),
  };
}

function departments({ wall }: OnWall, lang: Lang): Table {
  return {
    key: 'departments', heading: word(lang, 'departments'),
    columns: [word(lang, 'openShort'), word(lang, 'overdueShort'), speaker(WHY_WORDS, lang)('handled'), word(lang, 'rateShort')],
    rows: wall.departments.map((one): Row => ({
      key: one.id, name: named(lang, one.name, one.nameEn), into: null, cells: cellsOf(one, { department: one.id }),
    })),
  };
}

/** The tables of a wall; a department's numbers are of everywhere, so they stand with the whole alone. */
export function tablesOf(told: OnWall, lang: Lang, now: number, whole: boolean): Table[] {
  return [overall(told, lang, now), places(told, lang), ...(whole ? [departments(told, lang)] : [])];
}
