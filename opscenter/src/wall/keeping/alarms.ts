/** The alarms that a display may know of, with its token: raised, taken up, over. */
import { Line, lineUrl } from '../../sdk';
import type { Pass } from '../../ui/session';
import type { Raised, View } from '../view.svelte';

export const WALL_ALARMS = `subscription WallAlarms($after: String) {
  alarms(after: $after) {
    __typename
    ... on AlarmsSnapshot { cursor alarms { ...Raised } }
    ... on AlarmsDelta { cursor alarms { ...Raised } removes { id } }
    ... on Resync { reason }
    ... on Heartbeat { cursor }
  }
}
fragment Raised on Alarm {
  id kind number category { name nameEn } raisedAt acknowledgedAt clearedAt stands
}`;

interface Told {
  __typename: string;
  cursor?: string;
  alarms?: Raised[];
  removes?: { id: string }[];
}

/** Keep `view.alarms` true; `onDanger` is called for each that wants somebody and had nobody. */
export function followAlarms(view: View, pass: () => Pass | null, onDanger: () => void): void {
  let after: string | null = null;
  const known = new Map<string, Raised>();
  const line = new Line<Told>({
    url: lineUrl(location),
    query: WALL_ALARMS,
    field: 'alarms',
    variables: () => ({ after }),
    token: () => pass()?.token ?? null,
    prove: async () => pass()?.prove?.('GET', '/graphql'),
    onMessage: (message) => {
      after = message.__typename === 'Resync' ? null : (message.cursor ?? after);
      if (message.alarms === undefined) return;
      if (message.__typename === 'AlarmsSnapshot') known.clear();
      for (const { id } of message.removes ?? []) known.delete(id);
      for (const alarm of message.alarms)
        if (alarm.stands || alarm.clearedAt === null) known.set(alarm.id, alarm);
        else known.delete(alarm.id);
      view.alarms = new Map(known);
      const calls = message.alarms.some(
        ({ kind, stands, acknowledgedAt }) => kind === 'life_safety' && stands && acknowledgedAt === null,
      );
      if (calls) onDanger();
    },
  });
  void line.run();
}
