const EVERY_MS = 5_000;

/**
 * Try until it is done: now, every few seconds, and as soon as there is a network. A phone that
 * begins without one must not need a second visit. Returns how to stop.
 */
export function untilDone(attempt: () => Promise<boolean>): () => void {
  let [busy, stopped] = [false, false];
  const go = async (): Promise<void> => {
    if (busy || stopped) return;
    busy = true;
    try {
      if (await attempt()) stop();
    } catch {
      // the phone's own store failed: the next turn may find it well
    } finally {
      busy = false;
    }
  };
  const again = setInterval(() => void go(), EVERY_MS);
  const stop = (): void => {
    stopped = true;
    clearInterval(again);
    removeEventListener('online', go);
  };
  addEventListener('online', go);
  void go();
  return stop;
}
