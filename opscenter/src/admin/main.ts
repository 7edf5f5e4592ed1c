/** The admin screen's entry. */
import 'virtual:fonts.css';
import { mount } from 'svelte';
import Admin from './Admin.svelte';

const target = document.getElementById('screen');
if (target === null) throw new Error('admin.html has no #screen');

mount(Admin, { target });
void import('virtual:fonts-rare.css');
