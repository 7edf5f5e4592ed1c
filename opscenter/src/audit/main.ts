/** The audit screen's entry. */
import 'virtual:fonts.css';
import { mount } from 'svelte';
import Audit from './Audit.svelte';

const target = document.getElementById('screen');
if (target === null) throw new Error('audit.html has no #screen');

mount(Audit, { target });
void import('virtual:fonts-rare.css');
