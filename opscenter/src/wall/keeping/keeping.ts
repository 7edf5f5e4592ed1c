/** What keeps a wall going once it shows something: scenes by themselves, alarms, the watchdog. */
import '../scenes/scenes.css';
import type { Pass } from '../../ui/session';
import type { View } from '../view.svelte';
import { followAlarms } from './alarms';
import { Director } from './director';
import { tellOfOneself } from './telling';
import { Watchdog } from './watchdog';

export function keep(view: View, pass: () => Pass | null): void {
  const director = new Director(view);
  if (pass() !== null) {
    followAlarms(view, pass, () => director.alert());
    tellOfOneself(view, pass);
  }
  const watchdog = new Watchdog(view);
  setInterval(() => void watchdog.look(), 15_000);
  // The other scenes while the server is there: a wall must not need it to change the scene.
  void import('../scenes/Departments.svelte');
  void import('../scenes/Townships.svelte');
  void import('../scenes/Incident.svelte');
  void import('../scenes/Night.svelte');
  Object.assign(window, { quankeDirector: director });
}
