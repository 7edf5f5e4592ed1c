/** What every screen says about the past. */
import type { Dictionary } from './words';

const zh = {
  lookBack: '回看',
  actingOff: '正在回看，只能看不能办：办理要以现在的情况为准。',
} as const;

export type PastKey = keyof typeof zh;

const en = {
  lookBack: 'Look back',
  actingOff: 'Looking back, acting is off: what is done is done to how things stand now.',
} as const satisfies Record<PastKey, string>;

export const PAST_WORDS: Dictionary<PastKey> = { zh, en };
