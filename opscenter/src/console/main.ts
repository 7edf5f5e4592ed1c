/** The console's entry. */
import 'virtual:fonts.css';
import { mount } from 'svelte';
import Console from './Console.svelte';

const target = document.getElementById('screen');
if (target === null) throw new Error('console.html has no #screen');

mount(Console, { target });
void import('virtual:fonts-rare.css');
