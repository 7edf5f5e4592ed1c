/** The words of the scenes that load after the first picture. */
import type { Dictionary } from '../../ui/words';

const zh = {
  byOverdue: '按超期排序',
  handled: '已处置',
  more: '另有 {n} 个',
  communities: '社区',
  grids: '网格',
  dangerTitle: '危及生命安全',
  where: '地点',
  category: '类别',
  since: '已持续',
  raised: '发生于',
  number: '编号',
  department: '部门',
  unheard: '尚无人确认',
  heard: '已确认',
  unknown: '本屏不显示',
  already: '开屏之前',
  others: '其他地点',
  steps: '最近进展',
  noSteps: '尚无公开进展',
  calm: '当前没有危及生命安全的事件',
  nightWatch: '夜间值守',
} as const;

export type SceneKey = keyof typeof zh;

const en = {
  byOverdue: 'most overdue first',
  handled: 'Handled',
  more: '{n} more',
  communities: 'Communities',
  grids: 'Grids',
  dangerTitle: 'Danger to life',
  where: 'Place',
  category: 'Category',
  since: 'For',
  raised: 'Since',
  number: 'Number',
  department: 'Department',
  unheard: 'Not acknowledged',
  heard: 'Acknowledged',
  unknown: 'not on this screen',
  already: 'before this screen',
  others: 'Other places',
  steps: 'Latest steps',
  noSteps: 'No public step yet',
  calm: 'Nobody’s life is in danger now',
  nightWatch: 'Night watch',
} as const satisfies Record<SceneKey, string>;

export const WORDS: Dictionary<SceneKey> = { zh, en };
