/** What was sent for several cases at once, as state: the latest batches with every outcome. */
import { newId } from '../ui/ids';
import { type Batch, deliverBatch } from './batches';
import type { Values } from './outbox';
import { postMany } from './posting';
import type { CaseLine, CommandForm } from './questions';

/** Batches that are kept; older ones are in the cases' own histories. */
const KEPT = 5;

class Batches {
  all = $state.raw<Batch[]>([]);
  /** The batch whose outcomes are shown. */
  shown = $state<string | null>(null);

  /** Send a verb for several cases; the cases it was done for. `each` has values of one case alone. */
  async send(
    form: CommandForm,
    on: readonly CaseLine[],
    values: Values,
    each: Readonly<Record<string, Values>>,
  ): Promise<CaseLine[]> {
    const items = on.map((line) => ({
      order: {
        id: newId(),
        verb: form.name,
        on: { id: line.id, number: line.number, version: line.version },
        values: { ...values, ...each[line.id] },
      },
      on: line,
      fate: { state: 'sending', attempt: 0 } as const,
    }));
    const batch: Batch = { id: newId(), form, items };
    this.all = [batch, ...this.all].slice(0, KEPT);
    const told = new Map(batch.items.map((item) => [item.order.id, item]));
    let due = false;
    const show = (): void => {
      due = false;
      const latest = { ...batch, items: [...told.values()] };
      this.all = this.all.map((one) => (one.id === batch.id ? latest : one));
    };
    const orders = items.map(({ order }) => order);
    await deliverBatch(orders, form.bulk !== null, (page) => postMany(form, page), (order, fate) => {
      const item = told.get(order.id);
      if (item) told.set(order.id, { ...item, fate });
      if (!due) queueMicrotask(show);
      due = true;
    });
    show();
    return [...told.values()].flatMap(({ on: line, fate }) => (fate.state === 'committed' ? [line] : []));
  }

  dismiss(id: string): void {
    this.all = this.all.filter((one) => one.id !== id);
  }
}

export const batches = new Batches();
