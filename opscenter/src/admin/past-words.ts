/** What the admin screen says of the instant that is looked at, and of what has no past. */
import type { Lang } from '../i18n';
import type { Dictionary } from '../ui/words';

const zh = {
  platformNow: '日志、封存、读模型、隔离与核对只有现状，没有过去：回到实时后可见。',
  displaysNow: '大屏的画面、版本和数据时龄只有现状，没有过去；此处是当时已批准的大屏。',
  healthNow: '运行状况只有现状，没有过去：回到实时后可见，也只在那里重建、放行。',
  privacyNow: '清除、留存与导出只以现状为准，没有过去：回到实时后办理。',
  trialNow: '试算以现在的规则和上月事件为准，回看时不提供。',
  displaysThen: '当时已批准',
  noDisplaysThen: '到这一时刻还没有批准大屏。',
  noAccountsThen: '到这一时刻还没有账户。',
  nothingMissing: '到这一时刻没有缺项。',
  importedThen: '件来自 {sources}，当时已发生',
  ground: '辖区与网格',
  levelUp: '上一级',
  level: '层级',
  noGround: '这里没有辖区，也没有网格。',
  servingHere: '在此服务的网格员 {n} 人。',
  firstGrids: '只列前 {n} 个网格。',
} as const;

export type PastKey = keyof typeof zh;

const en = {
  platformNow: 'Log, seal, read models, quarantine and verification have no past, only a present: go back to live to see them.',
  displaysNow: 'Pictures, versions and data ages of displays have no past, only a present; these are the displays approved by then.',
  healthNow: 'Health has no past, only a present: go back to live to see it, and to rebuild or release anything.',
  privacyNow: 'Erasing, holding and exporting have no past: they are done to what there is now, live.',
  trialNow: 'A dry run takes the rules of now and last month’s cases: it is offered live.',
  displaysThen: 'approved by then',
  noDisplaysThen: 'No display had been approved by this instant.',
  noAccountsThen: 'There were no accounts by this instant.',
  nothingMissing: 'Nothing was lacking at this instant.',
  importedThen: 'cases of {sources} had happened by then',
  ground: 'Areas and grids',
  levelUp: 'One level up',
  level: 'Level',
  noGround: 'There are no areas and no grids here.',
  servingHere: 'Grid workers who serve here: {n}.',
  firstGrids: 'Only the first {n} grids are listed.',
} as const satisfies Record<PastKey, string>;

export const PAST_WORDS: Dictionary<PastKey> = { zh, en };

export const LEVELS: Readonly<Record<string, Readonly<Record<Lang, string>>>> = {
  district: { zh: '区', en: 'District' },
  township: { zh: '镇街', en: 'Township' },
  community: { zh: '社区', en: 'Community' },
  grid: { zh: '网格', en: 'Grid' },
};
