/**
 * How a display gets its token: it shows a code until an administrator has let it in.
 *
 * The token is kept by this browser, so the next start shows the wall at once. One that has
 * run out or was withdrawn is asked for anew.
 */
import type { Lang } from '../../i18n';
import { sessionOf } from '../../ui/session';

const KEY = 'quanke.display';
const AGAIN_MS = 5_000;

const WORDS = {
  zh: { title: '请管理员放行本屏', help: '在 /admin 的“大屏”页输入此代码，十分钟内有效。', waiting: '等待服务器' },
  en: { title: 'Let this display in', help: 'Enter this code in /admin under Displays within ten minutes.', waiting: 'Waiting for the server' },
} as const;

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function post(door: string, body: unknown): Promise<{ status: number; answer: Record<string, unknown> }> {
  const answer = await fetch(`/auth/${door}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: answer.status, answer: (await answer.json()) as Record<string, unknown> };
}

/** The token of this display, once it has one; shows the code in `target` until then. */
export async function admitted(device: string, target: Element, lang: Lang): Promise<string> {
  const kept = sessionOf(localStorage.getItem(KEY), Date.now());
  if (kept !== null) return kept.token;
  const panel = document.createElement('section');
  panel.className = 'notice admission';
  target.prepend(panel);
  for (;;) {
    const token = await once(device, panel, lang).catch(() => null);
    if (token !== null) {
      localStorage.setItem(KEY, token);
      panel.remove();
      return token;
    }
    await pause(AGAIN_MS);
  }
}

/** One code: shown, and asked about until it is approved (the token) or has run out (null). */
async function once(device: string, panel: HTMLElement, lang: Lang): Promise<string | null> {
  const words = WORDS[lang];
  write(panel, words.waiting, '', device);
  const { status, answer } = await post('device', { device });
  if (status !== 201) return null;
  write(panel, words.title, String(answer['userCode']), `${words.help} · ${device}`);
  for (;;) {
    await pause(Number(answer['interval']) * 1_000);
    const told = await post('device/token', { deviceCode: answer['deviceCode'] });
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

/** Forget the token: the server takes it no longer. */
export const forget = (): void => localStorage.removeItem(KEY);
