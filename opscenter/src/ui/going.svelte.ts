/** A pace of the past on a screen that asks for nothing: the instant in the address moves on. */
import { address } from './address.svelte';
import { LIVE } from './time';

const TICK_MS = 500;

/** Let the address's instant go on at its pace; the answer stops it. Live again where it meets the present. */
export function going(): () => void {
  let last = Date.now();
  const timer = setInterval(() => {
    const [now, { time }] = [Date.now(), address];
    const passed = now - last;
    last = now;
    if (time.mode === 'live' || time.speed === null) return;
    const at = time.at + passed * time.speed;
    address.travel(at >= now ? LIVE : { ...time, at });
  }, TICK_MS);
  return () => clearInterval(timer);
}
