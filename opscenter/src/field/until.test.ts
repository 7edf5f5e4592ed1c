/** What a phone lacks is asked for until it has come, whatever goes wrong meanwhile. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { untilDone } from './until';

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('addEventListener', vi.fn());
  vi.stubGlobal('removeEventListener', vi.fn());
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('an attempt that fails, or throws, is made again; one that is done is the last', async () => {
  const attempt = vi
    .fn<() => Promise<boolean>>()
    .mockRejectedValueOnce(new Error('no store'))
    .mockResolvedValueOnce(false)
    .mockResolvedValue(true);
  untilDone(attempt);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(attempt).toHaveBeenCalledTimes(3);
});

test('who is told to stop asks no more', async () => {
  const attempt = vi.fn<() => Promise<boolean>>().mockResolvedValue(false);
  const stop = untilDone(attempt);
  await vi.advanceTimersByTimeAsync(0);
  stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(attempt).toHaveBeenCalledTimes(1);
});
