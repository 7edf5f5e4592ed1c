/** What the wall shows beside its tables: dangers to life with who is near, and the feed's sums. */
import { count, type Lang, named, word } from '../i18n';
import { verbOf } from '../i18n/verbs';
import { shortName } from '../map/labels';
import { ask } from '../ui/graphql';
import { signed } from '../ui/signed.svelte';
import { speaker } from '../ui/words';
import type { Row, Table, Where } from './on-wall';
import type { AsOf } from './questions';
import { span } from './telling';
import { BESIDE, type Beside, IN_DANGER, STEP_SUMS, type StepSums } from './why-questions';
import { RATE_S } from './why-told';
import { WHY_WORDS, type WhyKey } from './why-words';

/** So many dangers have a table of their own; the wall tells of one, and names three more. */
const MOST = 4;
/** The feed sums up so many seconds of the wall's own time, and shows at most so many sums. */
const WINDOW_S = 10;
const MOST_SUMS = 10;

/** The sums of a window, and what it was. */
export interface Summed {
  answer: StepSums;
  since: string;
  recently: string;
  until: string;
  then: boolean;
  scope: string | null;
}

/** A grid in danger, and how many cases there endanger a life. */
export interface Danger {
  beside: Beside;
  cases: number;
}

/** The grids in which a life is in danger, with what the wall tells of each. */
export async function askDangers(scope: string | null, asOf: AsOf): Promise<Danger[]> {
  const { data } = await ask(IN_DANGER, { scope, asOf }, signed.session);
  const counts = new Map<string, number>();
  for (const { grid } of data.cases.nodes) if (grid) counts.set(grid.code, (counts.get(grid.code) ?? 0) + 1);
  return Promise.all(
    [...counts].slice(0, MOST).map(async ([grid, cases]) => {
      const answer = await ask(BESIDE, { grid, asOf }, signed.session);
      return { beside: answer.data.wallIncident, cases };
    }),
  );
}

/** What the feed of a wall at this instant sums up; a replay at a pace tells more of the past in ten seconds. */
export async function askSums(scope: string | null, asOf: AsOf, now: number, speed: number): Promise<Summed> {
  const back = (seconds: number): string => new Date(now - seconds * speed * 1_000).toISOString();
  const [since, recently, until] = [back(WINDOW_S), back(RATE_S), new Date(now).toISOString()];
  const by = asOf === null ? 'RECORDED' : 'EFFECTIVE';
  const { data } = await ask(STEP_SUMS, { scope, since, recently, until, by }, signed.session);
  return { answer: data, since, recently, until, then: asOf !== null, scope };
}

/** A row of one number. */
const row = (key: string, name: string, figure: string, text: string, where: Where, late = false): Row => ({
  key, name, into: null, cells: [{ figure, text, late, where }],
});

/** A danger: what is near it, who is posted, how long is left. */
export function dangerTable({ beside: { grid, path, near, posted, cases }, cases: here }: Danger, lang: Lang, now: number): Table {
  const say = speaker(WHY_WORDS, lang);
  const name = named(lang, grid.name, grid.nameEn);
  const around = path.at(-1);
  const area = around ? shortName(named(lang, around.name, around.nameEn)) : '';
  const kindOf = (kind: string): string => (kind in WHY_WORDS[lang] ? say(kind as WhyKey) : kind);
  const where = { grid: grid.code };
  const [first] = cases;
  const due = first?.dueAt ? Date.parse(first.dueAt) - now : null;
  return {
    key: `danger ${grid.code}`, heading: `${word(lang, 'lifeSafety')} · ${name}`, columns: [],
    rows: [
      row('here', say('dangersHere'), 'lifeSafety', count(here), { area: grid.scope }),
      ...(first && due !== null ? [row('left', say(due < 0 ? 'overBy' : 'leftUntil'), 'deadline', span(lang, due), { number: first.number }, due < 0)] : []),
      row('near', say('near'), 'near', count(near.length), where),
      ...posted.flatMap(({ kind, inGrid, around: inArea }) => [
        row(`${kind} here`, `${kindOf(kind)} · ${say('thisGrid')}`, 'posted', count(inGrid), { ...where, kind }),
        row(`${kind} around`, `${kindOf(kind)} · ${area}`, 'postedAround', count(inArea), { ...where, kind }),
      ]),
    ],
  };
}

/** The feed's sums, the largest first, and how many steps came in a second. */
export function sumsTable({ answer, since, recently, until, then, scope }: Summed, lang: Lang): Table | null {
  const say = speaker(WHY_WORDS, lang);
  const { sums, position } = answer.wallSteps;
  if (sums.length === 0) return null;
  const window = { until, position, ...(scope === null ? {} : { area: scope }) };
  const rate = Math.round(answer.lately.total / RATE_S);
  return {
    key: 'sums', heading: say('feedSums'), columns: [],
    rows: [
      row('rate', say('perSecond'), then ? 'rateThen' : 'rate', count(rate), { ...window, since: recently }),
      ...sums.slice(0, MOST_SUMS).map(({ place, name, nameEn, topic, steps }) =>
        row(`${place} ${topic}`, `${shortName(named(lang, name, nameEn))} · ${verbOf(topic)[lang]}`, then ? 'stepsThen' : 'steps', `+${count(steps)}`, {
          ...window, since, place, kind: topic,
        }),
      ),
    ],
  };
}
