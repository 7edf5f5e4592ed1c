/**
 * Numbers of the wall that count no cases: who is posted beside a danger, what is open near it,
 * and the feed's sums. Each is asked for as a page of things with the events behind them.
 */
import { count, type Lang, named } from '../i18n';
import { verbOf } from '../i18n/verbs';
import { signed } from '../ui/signed.svelte';
import { speaker } from '../ui/words';
import type { AsOf } from './questions';
import { BESIDE, POSTED_THERE, STEP_LINES } from './why-questions';
import { WHY_WORDS, type WhyKey } from './why-words';
import type { Question } from './whys';

/** An event behind a number; `at` is when it happened. */
export interface Behind {
  position: string;
  title: string;
  at: string;
}

/** One of the things that are counted: a worker, an open case, a step of the feed. */
export interface Thing {
  key: string;
  title: string;
  soft: string;
  /** A case to be opened. */
  number: string | null;
  events: Behind[];
}

export interface Told {
  total: number;
  hidden: number;
  position: string;
  things: Thing[];
  next: string | null;
}

type Moment = AsOf | { position: string };
type Asking = (question: Question, asOf: Moment, after: string | null, lang: Lang) => Promise<Told>;

/** Seconds of which the feed's rate is the mean. */
export const RATE_S = 2;
const NAMES = ['posted', 'postedAround', 'near', 'steps', 'stepsThen', 'rate', 'rateThen'] as const;
export type ToldName = (typeof NAMES)[number] & WhyKey;
export const isTold = (figure: string): figure is ToldName => (NAMES as readonly string[]).includes(figure);
/** The number that the wall shows of so many things. */
export const shownOf = (figure: ToldName, total: number): string =>
  figure.startsWith('rate') ? count(Math.round(total / RATE_S)) : count(total);

async function posted(around: boolean, { grid, kind }: Question, asOf: Moment, after: string | null, lang: Lang): Promise<Told> {
  const { data } = await signed.ask(POSTED_THERE, { grid: grid ?? '', around, kind: kind ?? null, asOf, after });
  const { total, hidden, position, nodes, pageInfo } = data.wallPosted;
  const places = new Map(nodes.map(({ grid: one }) => [one.code, named(lang, one.name, one.nameEn)]));
  const things = nodes.map(({ worker, grid: at, events }): Thing => ({
    key: worker.key, title: worker.key, soft: named(lang, at.name, at.nameEn), number: null,
    events: events.map((event) => ({
      position: event.position, at: event.at,
      title: named(lang, event.title, event.titleEn) + (event.grid ? ` → ${places.get(event.grid) ?? event.grid}` : ''),
    })),
  }));
  return { total, hidden, position, things, next: pageInfo.hasNextPage ? pageInfo.endCursor : null };
}

async function near({ grid }: Question, asOf: Moment, _: string | null, lang: Lang): Promise<Told> {
  const { data } = await signed.ask(BESIDE, { grid: grid ?? '', asOf });
  const { position, near: open } = data.wallIncident;
  const things = open.map((one): Thing => ({
    key: one.number, number: one.number, title: named(lang, one.category, one.categoryEn),
    soft: [one.gridName, named(lang, one.statusTitle, one.statusTitleEn)].filter(Boolean).join(' · '), events: [],
  }));
  return { total: open.length, hidden: 0, position, things, next: null };
}

async function steps(by: 'RECORDED' | 'EFFECTIVE', question: Question, asOf: Moment, after: string | null, lang: Lang): Promise<Told> {
  const { area, place, kind, since, until } = question;
  const asked = { scope: area || null, place: place ?? null, topic: kind ?? null, since: since ?? '', until: until ?? '', by };
  const { data } = await signed.ask(STEP_LINES, { ...asked, asOf, after });
  const { total, position, nodes, pageInfo } = data.wallSteps;
  const things = nodes.map((one): Thing => ({
    key: one.position, number: one.number, title: named(lang, one.category, one.categoryEn), soft: named(lang, one.area, one.areaEn),
    events: [{ position: one.position, title: verbOf(one.topic)[lang], at: one.at }],
  }));
  return { total, hidden: 0, position, things, next: pageInfo.hasNextPage ? pageInfo.endCursor : null };
}

const ASKING: Readonly<Record<ToldName, Asking>> = {
  posted: (...given) => posted(false, ...given),
  postedAround: (...given) => posted(true, ...given),
  near,
  steps: (...given) => steps('RECORDED', ...given),
  stepsThen: (...given) => steps('EFFECTIVE', ...given),
  rate: (...given) => steps('RECORDED', ...given),
  rateThen: (...given) => steps('EFFECTIVE', ...given),
};

export const askTold = (figure: ToldName): Asking => ASKING[figure];

/** What a number is of: the kind of worker, or of step; empty for all. */
export function ofWhat({ figure, kind }: Question, lang: Lang): string {
  if (!kind) return '';
  const say = speaker(WHY_WORDS, lang);
  return figure.startsWith('posted') ? (kind in WHY_WORDS[lang] ? say(kind as WhyKey) : kind) : verbOf(kind)[lang];
}
