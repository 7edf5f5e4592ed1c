/** What the audit screen says of the instant that is looked at, and of what has no past. */
import type { Dictionary } from '../ui/words';

const zh = {
  logThen: '当时的日志',
  recordedThen: '当时已入账',
  recordedLater: '后来补记的算在其余数字里',
  reportedToday: '当日上报 {n}',
  closedToday: '当日结案 {n}',
  dangerThen: '危及生命 {n}',
  rateThen: '结案率 {rate}%',
  casesThen: '当时的事件',
  openThen: '当时在办',
  closedThen: '当时已结',
  overdueThen: '当时超期',
  standingNow: '封存、见证、最近核对与本机留存的日志头只有现状，没有过去：回到实时后可见。',
  stepsThen: '到这一时刻的最近步骤',
  stepsPublic: '只列公开类别的事件；其余请按编号查看历史。',
  happened: '发生时间',
  where: '事项与地点',
  daysThen: '此前 30 天的事件',
  readingsThen: '到这一时刻的个人信息查阅',
  compareThen: '不填第二个位点时，与正在回看的时刻相比。',
  headNow: '日志头、封存与见证只有现状，没有过去：回到实时后可见。',
  proofNow: '证明没有过去：它以现在签名的日志头核验，核验通过的条目自写入起就是这样。',
  modelsNow: '读模型与重建比较只有现状，没有过去：比较的是现在的数据。',
  exportsNow: '导出总是现在所知的数据，不随回看的时刻变化；可用起止日期限定。',
} as const;

export type PastKey = keyof typeof zh;

const en = {
  logThen: 'The log then',
  recordedThen: 'events recorded by then',
  recordedLater: 'recorded later: see the others',
  reportedToday: 'reported that day: {n}',
  closedToday: 'closed that day: {n}',
  dangerThen: 'danger to life: {n}',
  rateThen: 'closing rate {rate}%',
  casesThen: 'Cases then',
  openThen: 'Open then',
  closedThen: 'Closed then',
  overdueThen: 'Overdue then',
  standingNow: 'Checkpoint, witnesses, last verification and the head pinned here have no past, only a present: go back to live to see them.',
  stepsThen: 'Latest steps by this instant',
  stepsPublic: 'Only cases of public categories; others by their number, under History.',
  happened: 'Happened',
  where: 'Matter and place',
  daysThen: 'Events in the 30 days before',
  readingsThen: 'Personal data opened by this instant',
  compareThen: 'Without a second position, the other side is the instant that is looked at.',
  headNow: 'Head, seal and witnesses have no past, only a present: go back to live to see them.',
  proofNow: 'A proof has no past: it is checked against the head as signed now, and an entry that holds has been so since it was written.',
  modelsNow: 'Read models and their comparison have no past, only a present: what is compared is what lies there now.',
  exportsNow: 'An export always holds what is known now, whatever instant is looked at; days narrow it.',
} as const satisfies Record<PastKey, string>;

export const PAST_WORDS: Dictionary<PastKey> = { zh, en };
