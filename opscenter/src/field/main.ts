/** The field app's entry: the phone's own fonts, because a phone has them and 4 MB is a lot. */
import { mount } from 'svelte';
import Field from './Field.svelte';

const target = document.getElementById('screen');
if (target === null) throw new Error('field.html has no #screen');

mount(Field, { target });
if ('serviceWorker' in navigator)
  addEventListener('load', () => {
    navigator.serviceWorker.register('/field/worker.js', { scope: '/field' }).catch(() => undefined);
  });
