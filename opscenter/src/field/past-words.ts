/** What the phone says of the instant that is looked at. */
import type { Dictionary } from '../ui/words';

const zh = {
  lookBackHelp: '看看过去某一时刻的任务和上报，权限以现在为准。',
  tasksThen: '当时的任务',
  tasksThenEmpty: '这一时刻没有任务',
  reportsThen: '当时的上报',
  reportsThenEmpty: '这一时刻还没有您的上报',
  outboxNow: '发件箱没有过去：待发的内容照常发送，回到实时后可见。',
  reportNow: '上报总是现在的事，写了一半的内容还在本机：回到实时后继续。',
  needsNetwork: '暂时读不到这一时刻，稍后自动再读；回看需要网络。',
  notThen: '这一时刻，该事件还没有上报。',
  then: '到回看的时刻',
} as const;

export type PastKey = keyof typeof zh;

const en = {
  lookBackHelp: 'Tasks and reports as they were at an instant, with your rights of today.',
  tasksThen: 'Tasks then',
  tasksThenEmpty: 'No tasks at this instant',
  reportsThen: 'Reports then',
  reportsThenEmpty: 'Nothing of yours had been reported by this instant',
  outboxNow: 'The outbox has no past: what waits in it is sent as ever; go back to live to see it.',
  reportNow: 'A report is of now, and what you have begun is still on this phone: go on with it live.',
  needsNetwork: 'This instant cannot be read just now and is asked for again. Looking back needs a network.',
  notThen: 'At this instant the case had not been reported.',
  then: 'by the instant looked at',
} as const satisfies Record<PastKey, string>;

export const PAST_WORDS: Dictionary<PastKey> = { zh, en };
