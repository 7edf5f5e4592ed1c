/** Commands on cases, to the platform: one, or many by one request. Throws Refusal or Unreachable. */
import { signed } from '../ui/signed.svelte';
import type { Order, Values } from './outbox';
import { bulkDocument, commandDocument, type CommandForm, type Payload } from './questions';

/** Post one command. */
export async function post(order: Order): Promise<Payload> {
  const { verb } = order;
  const { data } = await signed.ask<Record<string, Payload>, { input: Values }>(
    commandDocument(verb), { input: inputOf(order) },
  );
  return data[verb] as Payload;
}

/** Post a page of a verb's commands; their payloads in the same order. */
export async function postMany({ name, bulk }: CommandForm, orders: readonly Order[]): Promise<Payload[]> {
  if (bulk === null) return Promise.all(orders.map(post));
  const { data } = await signed.ask<Record<string, { results: Payload[] }>, { inputs: Values[] }>(
    bulkDocument(name, bulk), { inputs: orders.map(inputOf) },
  );
  return data[bulk]?.results ?? [];
}

function inputOf({ id, on, values }: Order): Values {
  const about = on === null ? {} : { case: on.id, expectedVersion: on.version };
  return { clientMutationId: id, ...about, ...values };
}
