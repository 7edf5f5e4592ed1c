/** The words that audit and admin have alike: what a log and its read models are called. */

const zh = {
  views: '视图',
  overview: '总览',
  ago: '{age}前',
  event: '事件',
  readModels: '读模型',
  log: '日志',
  head: '最新位点',
  never: '尚无',
  subject: '对象',
  name: '名称',
  lag: '滞后',
  held: '隔离',
} as const;

const en = {
  views: 'Views',
  overview: 'Overview',
  ago: '{age} ago',
  event: 'Event',
  readModels: 'Read models',
  log: 'The log',
  head: 'Head',
  never: 'None yet',
  subject: 'Subject',
  name: 'Name',
  lag: 'Lag',
  held: 'Held',
} as const satisfies Record<keyof typeof zh, string>;

export const OFFICE = { zh, en } as const;
