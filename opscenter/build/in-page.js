/*
 * A page whose scripts did not come, because the screens were replaced or the server was away
 * between it and them, is loaded anew once the server gives both again. It stands in the page
 * itself, as nothing else can be counted on to come. On the wall, which nobody reloads, what is
 * fetched later counts too; if that is gone for good, the wall stands for a while between two tries.
 */
(() => {
  const AGAIN_MS = 2000;
  const LATER_MS = 10000;
  const NAMED = /(?:src|href)="(\/assets\/[^"]+)"/g;
  let waiting = false;
  const given = async (path, method) => {
    const answer = await fetch(path, { method, cache: 'no-store' });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer;
  };
  const look = async () => {
    const page = await (await given(location.href, 'GET')).text();
    const files = [...page.matchAll(NAMED)].map(([, path]) => path);
    if (files.length === 0) throw new Error('no page of ours');
    await Promise.all(files.map((path) => given(path, 'HEAD')));
    location.reload();
  };
  const recover = () => look().catch(() => setTimeout(recover, AGAIN_MS));
  const lost = (ms) => {
    if (!waiting) setTimeout(recover, ms);
    waiting = true;
  };
  addEventListener('error', ({ target }) => {
    if (target instanceof HTMLScriptElement || (target instanceof HTMLLinkElement && target.rel === 'stylesheet')) lost(AGAIN_MS);
  }, true);
  addEventListener('unhandledrejection', ({ reason }) => {
    if (document.getElementById('wall') && /import|module script/i.test(String(reason))) lost(LATER_MS);
  });
})();
