/** Fields of a case as the comparison names them, and the values that are words. */
import { CLOCK, SEVERITY, STATUS } from '../console/words';
import type { Lang } from '../i18n';
import { limitWords } from '../ui/span';

type Names = Readonly<Record<Lang, string>>;
const field = (zh: string, en: string): Names => ({ zh, en });

const FIELDS: Readonly<Record<string, Names>> = {
  status: field('状态', 'Status'),
  severity: field('紧急程度', 'Severity'),
  tier: field('层级', 'Tier'),
  maxTier: field('最高层级', 'Highest tier'),
  categoryCode: field('类别', 'Category'),
  channel: field('渠道', 'Channel'),
  scope: field('辖区路径', 'Scope'),
  open: field('在办', 'Open'),
  overdue: field('超期', 'Overdue'),
  sensitive: field('敏感', 'Sensitive'),
  exercise: field('演练', 'Exercise'),
  forced: field('强制结案', 'Force-closed'),
  selfHandled: field('自行处置', 'Self-handled'),
  unlocated: field('位置不明', 'Unlocated'),
  basis: field('依据', 'Basis'),
  department: field('主办部门', 'Lead department'),
  grid: field('网格', 'Grid'),
  reportedAt: field('上报时间', 'Reported'),
  acceptedAt: field('受理时间', 'Accepted'),
  filedAt: field('立案时间', 'Filed'),
  dispatchedAt: field('派遣时间', 'Dispatched'),
  acknowledgedAt: field('签收时间', 'Acknowledged'),
  handledAt: field('处置时间', 'Handled'),
  checkedAt: field('核查时间', 'Checked'),
  closedAt: field('结案时间', 'Closed'),
  dueAt: field('当前时限', 'Due now'),
  totalDue: field('总时限', 'Due in all'),
  suspendedAt: field('挂账时间', 'Suspended'),
  reviewAt: field('复核日期', 'Review'),
  returned: field('退单次数', 'Returned'),
  rework: field('返工次数', 'Rework'),
  reopened: field('重开次数', 'Reopened'),
  extensions: field('延期次数', 'Extensions'),
  urged: field('催办次数', 'Urged'),
  supervised: field('督办次数', 'Supervised'),
  satisfaction: field('满意度', 'Satisfaction'),
  mergedInto: field('并入', 'Merged into'),
  parent: field('上级事件', 'Parent case'),
  version: field('版次', 'Version'),
};

/** What is sealed of a case, by the names in which readings of it are written down. */
const SEALED: Readonly<Record<string, Names>> = {
  description: field('情况描述', 'description'),
  conclusion: field('处置情况', 'what was done'),
  'place.address': field('地址', 'address'),
  contact: field('联系方式', 'contact'),
};

export const sealedName = (lang: Lang, name: string): string => SEALED[name]?.[lang] ?? name;

const VALUES: Readonly<Record<string, Names>> = {
  true: field('是', 'yes'),
  false: field('否', 'no'),
  observed: field('实际', 'observed'),
  source: field('来源', 'source'),
  simulated: field('模拟', 'simulated'),
};

/** A value as people say it: yes and no, limits, and the states, clocks and degrees that the console names too. */
export function valueName(lang: Lang, value: string): string {
  const known = VALUES[value] ?? CLOCK[value] ?? STATUS[value.toUpperCase()] ?? SEVERITY[value.toUpperCase()];
  return known?.[lang] ?? limitWords(lang, value);
}

/** Each clock of a case says which it is; in a table whose rows are called after it that is no news. */
export const toldByName = (field: string): boolean => /^clocks\.\w+\.clock$/.test(field);

export const FIELD_NAMES = Object.keys(FIELDS);
export const fieldName = (lang: Lang, name: string): string => FIELDS[name]?.[lang] ?? name;
