/** The words in both languages, the actions, and what a draft says to the command. */
import { expect, test } from 'vitest';
import { ACTIONS, CHANNELS, TASK_STATES } from './actions';
import { type Draft, EMPTY, inputOf, placeOf } from './draft';
import { SENDING } from './questions';
import { firstView, viewName, viewsOf } from './views';
import { statusWord, WORDS } from './words';

const HANZI = /[\u4e00-\u9fff]/;
const CATEGORY = { code: '06010', name: '暴露垃圾', nameEn: 'Exposed rubbish', tier: 'V' };
const SPOT = { lon: 118.005, lat: 37.405, accuracyM: 12 };

test('both languages say everything, with the same gaps to fill', () => {
  const gaps = (text: string): string[] => (text.match(/\{\w+/g) ?? []).sort();
  expect(Object.keys(WORDS.en)).toEqual(Object.keys(WORDS.zh));
  for (const [key, zh] of Object.entries(WORDS.zh)) {
    const en = WORDS.en[key as keyof typeof WORDS.en];
    expect(zh.trim() && HANZI.test(zh), key).toBeTruthy();
    expect(en.trim() && !HANZI.test(en), key).toBeTruthy();
    expect(gaps(en), key).toEqual(gaps(zh));
  }
});

test('every action can be sent, and has words in both languages', () => {
  for (const action of ACTIONS) {
    expect(SENDING[action.verb], action.verb).toBeDefined();
    const said = [action.title, action.done, ...(action.text ? [action.text.label] : [])];
    const options = action.choice ? [action.choice.label, ...action.choice.options.map(([, words]) => words)] : [];
    for (const { zh, en } of [...said, ...options]) {
      expect(HANZI.test(zh)).toBe(true);
      expect(HANZI.test(en)).toBe(false);
    }
  }
  expect(new Set(ACTIONS.map(({ verb }) => verb)).size).toBe(ACTIONS.length);
  expect(statusWord('IN_PROGRESS', 'en')).toBe('in progress');
});

test('who has which views', () => {
  expect(viewsOf('grid_worker')).toEqual(['tasks', 'report', 'outbox', 'me']);
  expect(viewsOf('handler')).toEqual(['tasks', 'report', 'outbox', 'me']);
  expect(viewsOf('checker')).toEqual(['tasks', 'outbox', 'me']);
  expect(viewsOf('resident')).toEqual(['report', 'outbox', 'me']);
  expect([firstView('resident'), firstView('auditor')]).toEqual(['report', 'outbox']);
  expect([viewName('outbox', 'resident'), viewName('outbox', 'checker')]).toEqual(['mine', 'outbox']);
  expect(Object.keys(TASK_STATES).sort()).toEqual(['checker', 'grid_worker', 'handler']);
  expect(CHANNELS['checker']).toBeUndefined();
});

test('a place is a point, a grid, or words; without any of them something is missing', () => {
  const place = (patch: Partial<Draft>): unknown => placeOf({ ...EMPTY, ...patch }, '371602.');
  expect(place({})).toBeNull();
  expect(place({ spot: SPOT, address: ' 门口 ' })).toEqual({
    point: { lon: 118.005, lat: 37.405 }, address: '门口',
  }); // prettier-ignore
  const grid = { code: '371602005036001', name: '一', nameEn: '', scope: '' };
  expect(place({ how: 'grid', grid, spot: SPOT })).toEqual({ grid: grid.code, address: undefined });
  expect(place({ how: 'grid', spot: SPOT })).toBeNull();
  expect(place({ how: 'words', address: '  ' })).toBeNull();
  expect(place({ how: 'words', address: '桥下' })).toEqual({
    unlocated: true, address: '桥下', scope: '371602.',
  }); // prettier-ignore
});

test('blank words are not said', () => {
  const draft = { ...EMPTY, category: CATEGORY, spot: SPOT, description: '  ', contact: ' 138 ' };
  expect(JSON.parse(JSON.stringify(inputOf(draft, 'RESIDENT', '')))).toEqual({
    channel: 'RESIDENT', category: '06010', contact: '138',
    place: { point: { lon: 118.005, lat: 37.405 } },
  }); // prettier-ignore
  expect(inputOf({ ...draft, category: null }, 'RESIDENT', '')).toBeNull();
  expect(inputOf({ ...draft, spot: null }, 'RESIDENT', '')).toBeNull();
});
