/**
 * Commands on their way: sent once each, whatever the network does.
 *
 * A command keeps its id through every attempt, so that an answer that was lost is the
 * same answer when it is asked for again. Nothing is shown as done before its position
 * in the log is known, and nothing that was typed is let go before then.
 */
import { mayPass, Refusal } from '../ui/graphql';
import type { Payload, UserError } from './questions';

export type Values = Record<string, unknown>;

export interface Order {
  /** The command's id. */
  id: string;
  /** Name of the mutation. */
  verb: string;
  /** The case's id and number; none for a new report. */
  on: { id: string; number: string; version: number } | null;
  values: Values;
}

export type Fate =
  | { state: 'sending'; attempt: number }
  | { state: 'committed'; position: number; version: number | null; unchanged: boolean; case: string | null }
  | { state: 'refused'; errors: UserError[] }
  | { state: 'failed'; code: string; message: string };

export type Send = (order: Order) => Promise<Payload>;

/** Waits between attempts, in milliseconds; then it is given up and may be sent again. */
export const WAITS_MS: readonly number[] = [300, 1_000, 2_500, 5_000, 10_000];

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Send an order until it is answered; `tell` hears of every attempt. */
export async function deliver(
  order: Order,
  send: Send,
  tell: (fate: Fate) => void,
  wait: (milliseconds: number) => Promise<void> = pause,
): Promise<Fate> {
  const [fate] = await deliverAll([order], async () => [await send(order)], (_, one) => tell(one), wait);
  return fate as Fate;
}

/** Send orders in one request until it is answered: a fate for each, in their order. */
export async function deliverAll(
  orders: readonly Order[],
  send: (orders: readonly Order[]) => Promise<Payload[]>,
  tell: (order: Order, fate: Fate) => void,
  wait: (milliseconds: number) => Promise<void> = pause,
): Promise<Fate[]> {
  const say = (fates: Fate[]): Fate[] => {
    orders.forEach((order, at) => tell(order, fates[at] as Fate));
    return fates;
  };
  for (let attempt = 0; ; attempt += 1) {
    say(orders.map(() => ({ state: 'sending', attempt })));
    try {
      return say((await send(orders)).map(fateOf));
    } catch (problem) {
      const again = WAITS_MS[attempt];
      if (!mayPass(problem) || again === undefined) return say(orders.map(() => failed(problem)));
      await wait(again);
    }
  }
}

function fateOf({ event, userErrors, case: on }: Payload): Fate {
  if (userErrors.length > 0) return { state: 'refused', errors: userErrors };
  return {
    state: 'committed',
    position: Number(event?.last ?? 0),
    version: event?.version ?? null,
    unchanged: event === null,
    case: on?.id ?? null,
  };
}

function failed(problem: unknown): Fate {
  if (problem instanceof Refusal)
    return { state: 'failed', code: problem.code, message: problem.message };
  return { state: 'failed', code: 'UNREACHABLE', message: String(problem) };
}
