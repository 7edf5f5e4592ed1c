/** The read models as people call them, and what counts as being behind. */
import type { Lang } from '../i18n';

/** Behind by less is what a live platform looks like between two moments. */
export const BUSY = 100;

const TITLES: Readonly<Record<string, Readonly<Record<Lang, string>>>> = {
  alarm_list: { zh: '告警清单', en: 'Alarms' },
  appeal_list: { zh: '申诉', en: 'Appeals' },
  alert_list: { zh: '设备报警', en: 'Alerts of devices' },
  area_load: { zh: '辖区负荷', en: 'Load by area' },
  case_board: { zh: '事件总表', en: 'Cases' },
  case_past: { zh: '事件过往', en: 'Cases as they were' },
  case_timeline: { zh: '办理过程', en: 'History of cases' },
  deadline_list: { zh: '时限清单', en: 'Deadlines' },
  department_load: { zh: '部门负荷', en: 'Load by department' },
  feed: { zh: '动态', en: 'Feed' },
  figures: { zh: '指标', en: 'Figures' },
  grid_load: { zh: '网格负荷', en: 'Load by grid' },
  personal_reads: { zh: '个人信息查阅', en: 'Readings of personal data' },
  stage_funnel: { zh: '环节漏斗', en: 'Stages' },
};

/** What a read model is called; one that this build doesn't know goes by its own name. */
export const modelTitle = (lang: Lang, name: string): string => TITLES[name]?.[lang] ?? name;
