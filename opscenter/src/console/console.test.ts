/** The console's data: cases against the fold, filters, keys, forms, deliveries, words. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dayOf, instantAt, wallTime } from '../ui/days';
import { Refusal, Unreachable } from '../ui/graphql';
import { Cases } from './cases';
import { openAppeals } from './details';
import { filled, instantOf, localOf, missing, started, undoValues } from './forms';
import { isSingle, moveOf, MOVES, strokeOf, VERB_KEYS, verbOf } from './keys';
import { newId } from '../ui/ids';
import { deliver, type Fate, type Order, WAITS_MS } from './outbox';
import type { CaseEvent, CaseLine, CommandForm, FeedMessage, Payload } from './questions';
import { span, tailOf } from './telling';
import { EVERYTHING, lets, queryOf, readFilter, savedViews, saveViews, shown, viewsOf } from './views';
import { CHANNEL, CLOCK, SEVERITY, STATUS, TIER, WORDS } from './words';

const line = (id: string, position = 1, more: Partial<CaseLine> = {}): CaseLine => ({
  id, number: `n${id}`, version: position, position: String(position), status: 'REPORTED', open: true,
  overdue: false, severity: 'NORMAL', scope: '1.2.3.', categoryCode: '06010',
  category: { name: '暴露垃圾', nameEn: 'Rubbish' }, area: null, grid: null, point: null, department: null,
  reportedAt: '2026-11-23T00:00:00Z', updatedAt: '2026-11-23T00:00:00Z', dueClock: null, dueAt: null,
  late: [], returned: 0, exercise: false, ...more,
});

const delta = (position: number, upserts: CaseLine[], removes: string[] = []): FeedMessage => ({
  __typename: 'CaseFeedDelta', cursor: `c${position}`, position: String(position), upserts,
  removes: removes.map((id) => ({ id })),
});

test('whatever way pages, changes, repeats and removals come, the end is what the server has', async () => {
  const step = fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd'), open: fc.boolean() });
  const scenario = fc.record({
    steps: fc.array(step, { maxLength: 12 }),
    readAt: fc.nat(12),
    repeat: fc.nat(12),
  });
  await fc.assert(
    fc.asyncProperty(scenario, async ({ steps, readAt, repeat }) => {
      const truth = new Map<string, CaseLine>();
      const at = (count: number): Map<string, CaseLine> => {
        truth.clear();
        steps.slice(0, count).forEach(({ id, open }, index) => {
          if (open) truth.set(id, line(id, index + 1));
          else truth.delete(id);
        });
        return truth;
      };
      const cases = new Cases();
      const messages = steps.map(({ id, open }, index) =>
        open ? delta(index + 1, [line(id, index + 1)]) : delta(index + 1, [], [id]),
      );
      const from = Math.min(readAt, steps.length);
      const snapshot = [...at(from).values()];
      cases.apply({ __typename: 'CaseFeedSnapshot', cursor: 's', position: String(from), nodes: snapshot });
      // Pages show the server as it is when they are read: here after one more change.
      const seen = [...at(Math.min(from + 1, steps.length)).values()];
      await cases.read((after) => {
        if (after === null) for (const message of messages.slice(from, from + 1)) cases.apply(message);
        return Promise.resolve({ nodes: after === null ? seen.slice(0, 2) : seen.slice(2), next: after === null ? 'p' : null });
      });
      for (const message of messages.slice(from + 1)) cases.apply(message);
      for (const message of messages.slice(Math.max(from, repeat))) cases.apply(message);
      const wanted = [...at(steps.length)].map(([id, { position }]) => [id, position]).sort();
      expect([...cases.lines].map(([id, { position }]) => [id, position]).sort()).toEqual(wanted);
      expect(cases.whole).toBe(true);
    }),
  );
});

test('a filter is the same in the address, in storage and on the cases', () => {
  const filter = { ...EVERYTHING, statuses: ['FILED'], overdue: true, scope: '1.2.', text: '垃圾', order: 'newest' as const };
  expect(readFilter(new URLSearchParams(queryOf(filter)))).toEqual(filter);
  expect(readFilter(new URLSearchParams('order=sideways'))).toEqual(EVERYTHING);
  expect(lets(filter, line('a', 1, { status: 'FILED', overdue: true }))).toBe(true);
  expect(lets(filter, line('a', 1, { status: 'FILED', overdue: true, scope: '1.3.' }))).toBe(false);
  expect(lets({ ...EVERYTHING, text: 'RUBB' }, line('a'))).toBe(true);
  let kept = '';
  saveViews({ setItem: (_key, value) => void (kept = value) }, [{ name: '雨天', filter }]);
  expect(savedViews({ getItem: () => kept })).toEqual([{ name: '雨天', filter }]);
  for (const broken of ['{', '{}', '[1]', '[{"name":1}]']) expect(savedViews({ getItem: () => broken })).toEqual([]);
  expect(viewsOf('unknown').map(({ name }) => name)).toEqual(['all', 'overdue', 'lifeSafety']);
});

test('danger to life first, then what is due first; what has no deadline last', () => {
  const lines = [
    line('a', 1, { dueAt: '2026-11-23T05:00:00Z' }), line('b'),
    line('c', 1, { dueAt: '2026-11-23T04:00:00Z' }), line('d', 1, { severity: 'LIFE_SAFETY' }),
  ];
  expect(shown(lines, EVERYTHING).map(({ id }) => id)).toEqual(['d', 'c', 'a', 'b']);
});

test('every key does one thing, and moves never hide a verb', () => {
  const strokes = [...Object.values(VERB_KEYS), ...Object.values(MOVES)];
  expect(new Set(strokes).size).toBe(strokes.length);
  for (const stroke of Object.values(VERB_KEYS)) expect(stroke).toMatch(/^([a-z]|Shift\+[A-Z])$/);
  const press = (key: string, more = {}): string =>
    strokeOf({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more });
  expect([press('A', { shiftKey: true }), press('a'), press('k', { metaKey: true }), press('?', { shiftKey: true })])
    .toEqual(['Shift+A', 'a', 'Ctrl+K', '?']);
  expect([moveOf('j'), moveOf('a'), verbOf('a', ['acceptCase']), verbOf('a', ['fileCase'])]).toEqual([
    'next', null, 'acceptCase', null,
  ]);
  expect([isSingle('a'), isSingle('Ctrl+K'), isSingle('?')]).toEqual([true, false, false]);
});

const FORM: CommandForm = {
  name: 'declineCase', command: 'case.decline', title: '不予受理', titleEn: 'decline', undo: null, bulk: 'declineCases',
  fields: (
    [['reason', 'CHOICE', true], ['reply', 'TEXT', true], ['note', 'TEXT', false], ['solved', 'FLAG', true], ['parts', 'PARTS', false], ['place', 'PLACE', false], ['distanceM', 'NUMBER', false], ['evidence', 'EVIDENCE', false]] as const
  ).map(([name, kind, required]) => ({ name, kind, required, title: '', titleEn: '', help: '', options: [] })),
};

test('what is blank is missing where it must be given, and left out where it need not', () => {
  const values = started(FORM, { reason: 'too_vague', reply: ' ' });
  expect(values).toEqual({ reason: 'too_vague', reply: ' ', solved: false });
  expect(missing(FORM, values)).toEqual(['reply']);
  expect(filled(FORM, { ...values, reply: 'x', note: '', distanceM: '7', place: { grid: 'g', address: '' }, parts: [{ category: '1', description: '' }], evidence: [{ sha256: 'a', kind: 'after', name: 'x.jpg' }] }))
    .toEqual({ reason: 'too_vague', reply: 'x', solved: false, distanceM: 7, place: { grid: 'g' }, parts: [{ category: '1' }], evidence: [{ sha256: 'a', kind: 'after' }] });
});

test('an appeal is open until it is decided', () => {
  const told = (topic: string, appeal: string): CaseEvent =>
    ({ topic, at: `at ${appeal}`, state: JSON.stringify({ appeal, figure: 'K8' }) }) as CaseEvent;
  const filed = [told('case.appeal_filed', '1'), told('case.closed', ''), told('case.appeal_filed', '2')];
  expect(openAppeals([...filed, told('case.appeal_decided', '1')])).toEqual([{ appeal: '2', figure: 'K8', at: 'at 2' }]);
});

test('a wall clock of the district is an instant, across its offsets', () => {
  expect(instantOf('2026-11-23T14:30', 'Asia/Shanghai')).toBe('2026-11-23T06:30:00.000Z');
  expect(instantOf('2026-07-01T09:00', 'America/New_York')).toBe('2026-07-01T13:00:00.000Z');
  expect(instantOf('', 'UTC')).toBeNull();
  expect(localOf(Date.UTC(2026, 6, 1, 13), 'America/New_York')).toBe('2026-07-01T09:00');
});

test('a day begins and ends on the wall clock of its zone, also when a clock is turned', () => {
  const hours = (at: number, zone: string): number => {
    const { from, to } = dayOf(at, zone);
    return (to - from) / 3_600_000;
  };
  expect(new Date(dayOf(Date.UTC(2026, 10, 22, 17), 'Asia/Shanghai').from).toISOString()).toBe('2026-11-22T16:00:00.000Z');
  expect(hours(Date.UTC(2026, 10, 23), 'Asia/Shanghai')).toBe(24);
  expect(hours(Date.UTC(2026, 10, 1, 18), 'America/New_York')).toBe(25);
  expect(hours(Date.UTC(2026, 2, 8, 18), 'America/New_York')).toBe(23);
  expect(wallTime(instantAt('2026-11-23T14:30:05', 'Asia/Shanghai'), 'Asia/Shanghai')).toBe('2026-11-23T14:30:05');
});

test('undoing starts from how the case stood before', () => {
  const before = line('a', 1, { department: { key: 'urban', name: '', nameEn: '' } });
  expect(undoValues('classifyCase', before)).toEqual({ category: '06010' });
  expect(undoValues('redispatchCase', before)).toEqual({ department: 'urban' });
  expect(undoValues('unmergeCase', before)).toEqual({});
});

const ORDER: Order = { id: 'one', verb: 'acceptCase', on: null, values: {} };
const DONE: Payload = { event: { position: '7', last: '8', version: 3 }, userErrors: [], case: null };

async function sent(answers: (Payload | Error)[]): Promise<{ fates: Fate[]; ids: string[]; waits: number[] }> {
  const [fates, ids, waits]: [Fate[], string[], number[]] = [[], [], []];
  await deliver(
    ORDER,
    ({ id }) => {
      ids.push(id);
      const answer = answers.shift();
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer as Payload);
    },
    (fate) => fates.push(fate),
    (milliseconds) => Promise.resolve(void waits.push(milliseconds)),
  );
  return { fates, ids, waits };
}

test('a lost answer is asked for again under the same id, a refusal is not', async () => {
  const lost = await sent([new Unreachable('cut'), new Refusal('UNAVAILABLE', 'busy', null), DONE]);
  expect(lost.ids).toEqual(['one', 'one', 'one']);
  expect(lost.fates.at(-1)).toEqual({ state: 'committed', position: 8, version: 3, unchanged: false, case: null });
  expect(lost.waits).toEqual(WAITS_MS.slice(0, 2));
  const refused = await sent([{ ...DONE, event: null, userErrors: [{ code: 'WRONG_STATE', message: '', messageZh: '', facts: [] }] }]);
  expect(refused.fates.map(({ state }) => state)).toEqual(['sending', 'refused']);
  const bad = await sent([new Refusal('BAD_INPUT', 'no', 'r1')]);
  expect(bad.fates.at(-1)).toEqual({ state: 'failed', code: 'BAD_INPUT', message: 'no' });
  const dead = await sent(Array.from({ length: 9 }, () => new Unreachable('cut')));
  expect([dead.ids.length, dead.fates.at(-1)?.state]).toEqual([WAITS_MS.length + 1, 'failed']);
});

test('an id is a UUID also where there is no randomUUID', () => {
  const own = crypto.randomUUID;
  Object.defineProperty(crypto, 'randomUUID', { value: undefined, configurable: true });
  const id = newId();
  Object.defineProperty(crypto, 'randomUUID', { value: own, configurable: true });
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('both languages say everything', () => {
  expect(Object.keys(WORDS.en)).toEqual(Object.keys(WORDS.zh));
  for (const words of [WORDS.zh, WORDS.en])
    expect(Object.values(words).filter((word) => word.trim() === '')).toEqual([]);
  const filledIn = (text: string): string[] => [...text.matchAll(/\{(\w+)/g)].map(([, name]) => name ?? '').sort();
  for (const [key, text] of Object.entries(WORDS.zh))
    expect(filledIn(WORDS.en[key as keyof typeof WORDS.en]), key).toEqual(filledIn(text));
  for (const pairs of [STATUS, CLOCK, SEVERITY, CHANNEL, TIER])
    for (const { zh, en } of Object.values(pairs)) expect(zh && en).toBeTruthy();
  expect([span('zh', 45_000), span('en', -3 * 3_600_000), span('en', 3 * 86_400_000)]).toEqual(['45 秒', '3 h', '3 d']);
});

test('who did something is told from others: by the end of a random account, by the words of one that has some', () => {
  expect(['acct:fc94b1c889224358', 'demo:acceptor:sanhehu:3', 'demo:integrator:sensors', 'demo:handler:urban-management:2', 'w1631', 'a'.repeat(40)].map(tailOf)).toEqual([
    '…4358', 'sanhehu 3', 'sensors', '2', 'w1631', '…aaaa',
  ]);
});

test('a number is found as it is read out, in groups', () => {
  const one = line('x', 1, { number: '3716022026113000375' });
  expect(lets({ ...EVERYTHING, text: '371602 20261130 00375' }, one)).toBe(true);
  expect(lets({ ...EVERYTHING, text: '20261130 00376' }, one)).toBe(false);
});
