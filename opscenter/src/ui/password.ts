/** Passwords of local accounts: signing in with one, and changing the own. */
import type { Dictionary } from './words';

const zh = {
  account: '账号',
  password: '密码',
  accountLead: '用管理员开户时告知的账号和密码登录。',
  wrong: '账号或密码不正确。忘记密码请联系管理员重设。',
  noRole: '此账号目前没有任何角色，请联系管理员。',
  change: '修改密码',
  current: '当前密码',
  fresh: '新密码（12 至 256 个字符）',
  again: '再次输入新密码',
  save: '保存新密码',
  changed: '密码已修改。其他设备上的登录已失效。',
  differs: '两次输入的新密码不一致。',
  unfit: '新密码须为 12 至 256 个字符。',
  notYours: '当前密码不正确，或此账号没有密码。',
  slower: '尝试次数过多，请 {wait} 秒后再试。',
  halfDone: '新密码已生效，但其他登录尚未失效：请以新密码为当前密码再改一次。',
  away: '无法连接服务器，密码没有修改。',
} as const;

export type PasswordKey = keyof typeof zh;

const en = {
  account: 'Account',
  password: 'Password',
  accountLead: 'Use the account and password from your administrator.',
  wrong: 'Account or password is wrong. If you forgot it, ask an administrator for a new one.',
  noRole: 'This account has no role now: ask an administrator.',
  change: 'Change password',
  current: 'Current password',
  fresh: 'New password (12 to 256 characters)',
  again: 'New password once more',
  save: 'Save the new password',
  changed: 'The password is changed. Other devices are signed out.',
  differs: 'The two new passwords differ.',
  unfit: 'A new password has 12 to 256 characters.',
  notYours: 'The current password is wrong, or this account has none.',
  slower: 'Too many attempts: wait {wait} s.',
  halfDone: 'The new password holds, but other devices are not signed out yet: change it once more, with the new one as the current.',
  away: 'The server cannot be reached; the password is as it was.',
} as const satisfies Record<PasswordKey, string>;

export const PASSWORD_WORDS: Dictionary<PasswordKey> = { zh, en };

/** A token, or what to say instead; `waitS` with `slower`. */
export type Outcome = { token: string } | { problem: PasswordKey; waitS?: number };

interface Given {
  token?: string;
  role?: string;
  others?: { role: string }[];
}

const LEAST = 12;
const MOST = 256;

async function post(path: string, said: Record<string, string>, token?: string): Promise<Response | null> {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (token) headers['authorization'] = `Bearer ${token}`;
  return fetch(path, { method: 'POST', headers, body: JSON.stringify(said) }).catch(() => null);
}

interface Refused {
  errors?: { extensions?: { code?: string } }[];
}

/** What a refusal means to whoever typed; `forbidden` differs from door to door. */
async function refused(answer: Response | null, forbidden: PasswordKey): Promise<Outcome> {
  const said = (await answer?.json().catch(() => null)) as Refused | null | undefined;
  const known: Record<number, PasswordKey> = { 401: 'wrong', 403: forbidden, 422: 'unfit', 429: 'slower' };
  const half = said?.errors?.[0]?.extensions?.code === 'HALF_DONE';
  const problem = half ? 'halfDone' : (known[answer?.status ?? 0] ?? 'away');
  return { problem, waitS: Number(answer?.headers.get('retry-after') ?? 0) };
}

/** Sign in; of an account's roles the one that the screen is for, where it has that. */
export async function signInWith(account: string, password: string, wanted?: string): Promise<Outcome> {
  const answer = await post('/auth/sign-in', { account, password });
  if (!answer?.ok) return refused(answer, 'noRole');
  const given = (await answer.json()) as Given;
  const other = given.role !== wanted && given.others?.some(({ role }) => role === wanted);
  const better = other && wanted ? await post('/auth/sign-in', { account, password, role: wanted }) : null;
  const { token = '' } = better?.ok ? ((await better.json()) as Given) : given;
  return { token };
}

/** What is wrong with a new password before it is sent, or null. */
export function unfit(fresh: string, again: string): PasswordKey | null {
  if (fresh.length < LEAST || fresh.length > MOST) return 'unfit';
  return fresh === again ? null : 'differs';
}

/** Change the own password; the token of before ends, a new one is the answer. */
export async function changePassword(token: string, current: string, password: string): Promise<Outcome> {
  const answer = await post('/auth/password', { current, password }, token);
  if (!answer?.ok) return refused(answer, 'notYours');
  const given = (await answer.json()) as Given;
  return given.token ? { token: given.token } : { problem: 'noRole' };
}
