/** The console's words. */
import type { Dictionary } from '../ui/words';

const zh = {
  title: '工作台',
  queue: '待办队列',
  none: '没有符合条件的事件',
} as const;

export type Key = keyof typeof zh;

const en = {
  title: 'Console',
  queue: 'Queue',
  none: 'No case matches',
} as const satisfies Record<Key, string>;

export const WORDS: Dictionary<Key> = { zh, en };
