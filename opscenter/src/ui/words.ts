/** The words every signed-in screen shares; each screen adds a dictionary of its own. */
import type { Lang } from '../i18n';

export type Dictionary<Key extends string> = Readonly<Record<Lang, Readonly<Record<Key, string>>>>;
export type Speak<Key extends string> = (key: Key, values?: Record<string, string | number>) => string;

/** The speaker of a dictionary: `{n}` in its words is filled from `values`, `{n|case|cases}` with the word for one or many. */
export const speaker =
  <Key extends string>(words: Dictionary<Key>, lang: Lang): Speak<Key> =>
  (key, values = {}) =>
    words[lang][key].replace(/\{(\w+)(?:\|(.*?)\|(.*?))?\}/g, (whole, name: string, one?: string, many?: string) => {
      const said = String(values[name] ?? whole);
      return many === undefined ? said : `${said} ${said === '1' ? one : many}`;
    });

const zh = {
  product: '全科',
  live: '实时',
  stale: '滞后',
  offline: '断线',
  connecting: '连接中',
  replaying: '回放',
  day: '日期',
  dayForm: '年-月-日',
  chooseDay: '选择日期',
  monthBack: '上个月',
  monthOn: '下个月',
  dayBack: '前一天',
  dayOn: '后一天',
  instant: '时刻',
  pace: '回放速度',
  pause: '暂停',
  backToLive: '回到实时',
  dataAge: '数据时延',
  position: '位点',
  language: 'English',
  light: '浅色',
  dark: '深色',
  account: '账号',
  changePassword: '修改密码',
  signOut: '退出登录',
  signOutEverywhere: '退出所有设备',
  signOutEverywhereHelp: '此账户的所有令牌立即失效，各处已打开的页面数秒内关闭。',
  signIn: '登录',
  signInTitle: '登录全科',
  signInLead: '请粘贴访问令牌。令牌只保存在当前标签页，关闭即失效。',
  token: '访问令牌',
  signInProvider: '用单位账号登录',
  signInToken: '用访问令牌登录',
  signInWithToken: '用令牌登录',
  tokenHow: '如何获得令牌',
  tokenHelp: '请管理员在服务器上运行以下命令，并将其输出粘贴到上方：',
  tokenLink: '也可以直接打开带令牌的链接：',
  tokenBad: '这不是有效的令牌。请完整粘贴 ./quanke token 输出的那一行。',
  tokenOld: '该令牌已过期，请让管理员重新签发。',
  tokenRefused: '服务器不接受该令牌：可能已过期或来自另一套平台。',
  everywhere: '全域',
  close: '关闭',
  cancel: '取消',
  retry: '重试',
  loading: '正在加载',
  unreachableTitle: '无法连接服务器',
  unreachableHelp: '检查网络与服务器后重试；页面会自动继续尝试。',
  unreachable: '无法连接服务器。检查网络与服务器后重试；页面会自动继续尝试。',
  refusedTitle: '服务器拒绝了请求',
} as const;

export type SharedKey = keyof typeof zh;

const en = {
  product: 'Quanke',
  live: 'LIVE',
  stale: 'STALE',
  offline: 'OFFLINE',
  connecting: 'CONNECTING',
  replaying: 'REPLAY',
  day: 'Day',
  dayForm: 'YYYY-MM-DD',
  chooseDay: 'Choose a day',
  monthBack: 'One month back',
  monthOn: 'One month on',
  dayBack: 'One day back',
  dayOn: 'One day on',
  instant: 'Instant',
  pace: 'Pace',
  pause: 'Pause',
  backToLive: 'Back to live',
  dataAge: 'data age',
  position: 'position',
  language: '中文',
  light: 'Light',
  dark: 'Dark',
  account: 'Account',
  changePassword: 'Change password',
  signOut: 'Sign out',
  signOutEverywhere: 'Sign out everywhere',
  signOutEverywhereHelp: 'Every token of this account ends now; pages open elsewhere close within seconds.',
  signIn: 'Sign in',
  signInTitle: 'Sign in to Quanke',
  signInLead: 'Paste your access token. It is kept for this tab only and forgotten when you close it.',
  token: 'Access token',
  signInProvider: 'Sign in with your organisation',
  signInToken: 'With an access token instead',
  signInWithToken: 'Sign in with the token',
  tokenHow: 'How to get a token',
  tokenHelp: 'Ask an administrator to run this on the server, then paste what it prints:',
  tokenLink: 'Or open a link that carries the token:',
  tokenBad: 'This is not a token. Paste the whole line that ./quanke token prints.',
  tokenOld: 'This token has expired. Ask for a new one.',
  tokenRefused: 'The server does not accept this token: it has expired or is of another platform.',
  everywhere: 'everywhere',
  close: 'Close',
  cancel: 'Cancel',
  retry: 'Try again',
  loading: 'Loading',
  unreachableTitle: 'The server cannot be reached',
  unreachableHelp: 'Check the network and the server; this page keeps trying by itself.',
  unreachable: 'The server cannot be reached. Check the network and the server; this page keeps trying by itself.',
  refusedTitle: 'The server refused',
} as const satisfies Record<SharedKey, string>;

export const SHARED: Dictionary<SharedKey> = { zh, en };

/** Roles as people call them. */
export const ROLES: Readonly<Record<string, Readonly<Record<Lang, string>>>> = {
  resident: { zh: '居民', en: 'Resident' },
  grid_worker: { zh: '网格员', en: 'Grid worker' },
  acceptor: { zh: '受理员', en: 'Acceptor' },
  dispatcher: { zh: '派遣员', en: 'Dispatcher' },
  duty_leader: { zh: '值班长', en: 'Duty leader' },
  handler: { zh: '处置员', en: 'Handler' },
  checker: { zh: '核查员', en: 'Checker' },
  district_leader: { zh: '区领导', en: 'District leader' },
  evaluator: { zh: '考核员', en: 'Evaluator' },
  privacy_officer: { zh: '个人信息保护专员', en: 'Privacy officer' },
  auditor: { zh: '审计员', en: 'Auditor' },
  administrator: { zh: '管理员', en: 'Administrator' },
  integrator: { zh: '对接系统', en: 'Integrator' },
  display: { zh: '大屏', en: 'Display' },
  clock: { zh: '时钟', en: 'Clock' },
  import: { zh: '导入', en: 'Import' },
};
