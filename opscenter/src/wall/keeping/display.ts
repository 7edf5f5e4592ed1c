/**
 * How a display gets its token: it shows a code until an administrator has let it in.
 *
 * The token is bound to a key that this browser made and never gives away (`key.ts`), so a copy of
 * it opens nothing. Both are kept here, and the next start shows the wall at once. A token that has
 * run out or was withdrawn, or whose key is gone, is asked for anew. Where a browser can't make or
 * keep a key the screen says so and asks for nothing: never is a token taken that is bound to none.
 */
import type { Lang } from '../../i18n';
import { type Pass, sessionOf } from '../../ui/session';
import type { View } from '../view.svelte';
import { forget, keep, kept, newKeys, prove } from './key';

const AGAIN_MS = 5_000;
const LOOK_MS = 2_000;
/** What the server says to a token that it takes no longer; another problem may pass. */
const REFUSED = /^(Forbidden|the token)/;

const WORDS = {
  zh: {
    title: '请管理员放行本屏',
    help: '在 /admin 的“大屏”页输入此代码，十分钟内有效。',
    waiting: '等待服务器',
    insecure: '本页须经 HTTPS 打开',
    why: '仅在 HTTPS 下（或在服务器本机以 localhost 打开），浏览器才能为本屏生成绑定密钥；没有密钥不能放行。见 docs/operations.md 的 Displays 一节。',
    unkept: '本浏览器不能保存密钥',
    private: '请不要用无痕窗口，并允许本站保存数据；没有密钥不能放行。',
  },
  en: {
    title: 'Let this display in',
    help: 'Enter this code in /admin under Displays within ten minutes.',
    waiting: 'Waiting for the server',
    insecure: 'Open this page over HTTPS',
    why: 'Only over HTTPS (or as localhost on the server itself) can a browser make the key that binds this display; without one it is not let in. See docs/operations.md, Displays.',
    unkept: 'This browser keeps no key',
    private: 'Use no private window and let this site keep data; without a key a display is not let in.',
  },
} as const;

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
const never = new Promise<never>(() => undefined);

const passOf = (keys: CryptoKeyPair, token: string): Pass => ({
  token,
  prove: (method, path) => prove(keys, method, path, token),
});

/** The token of this display and its key, once it has them; shows the code in `target` until then. */
export async function admitted(device: string, target: Element, lang: Lang): Promise<Pass> {
  const words = WORDS[lang];
  const panel = document.createElement('section');
  panel.className = 'notice admission';
  const stop = (title: string, why: string): Promise<never> => {
    target.prepend(panel);
    write(panel, title, '', `${why} · ${device}`);
    return never;
  };
  localStorage.removeItem('quanke.display'); // a token from before there were keys opens nothing
  if (!isSecureContext) return stop(words.insecure, words.why);
  const before = await kept().catch(() => stop(words.unkept, words.private));
  if (before && sessionOf(before.token, Date.now())) return passOf(before.keys, before.token);
  target.prepend(panel);
  const keys = await newKeys();
  for (;;) {
    const token = await once(keys, device, panel, lang).catch(() => null);
    if (token !== null) {
      await keep({ keys, token }).catch(() => stop(words.unkept, words.private));
      panel.remove();
      return passOf(keys, token);
    }
    await pause(AGAIN_MS);
  }
}

async function post(keys: CryptoKeyPair, path: string, body: unknown): Promise<{ status: number; answer: Record<string, unknown> }> {
  const answer = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', dpop: await prove(keys, 'POST', path) },
    body: JSON.stringify(body),
  });
  return { status: answer.status, answer: (await answer.json()) as Record<string, unknown> };
}

/** One code: shown, and asked about until it is approved (the token) or has run out (null). */
async function once(keys: CryptoKeyPair, device: string, panel: HTMLElement, lang: Lang): Promise<string | null> {
  const words = WORDS[lang];
  write(panel, words.waiting, '', device);
  const { status, answer } = await post(keys, '/auth/device', { device });
  if (status !== 201) return null;
  write(panel, words.title, String(answer['userCode']), `${words.help} · ${device}`);
  for (;;) {
    await pause(Number(answer['interval']) * 1_000);
    const told = await post(keys, '/auth/device/token', { deviceCode: answer['deviceCode'] });
    if (told.status === 200) return String(told.answer['token']);
    if (told.status !== 202) return null;
  }
}

function write(panel: HTMLElement, title: string, code: string, help: string): void {
  panel.replaceChildren(
    ...([['h1', title], ['p', code], ['p', help]] as const).map(([tag, text]) => {
      const element = document.createElement(tag);
      element.textContent = text;
      return element;
    }),
  );
}

/** Once the server takes the token no longer: forget it, and begin again with a code. */
export function putOut(view: View): void {
  setInterval(() => {
    if (REFUSED.test(view.problem ?? '')) void forget().then(() => location.reload());
  }, LOOK_MS);
}
