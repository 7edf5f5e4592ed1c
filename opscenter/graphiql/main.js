// The explorer: GraphiQL as its makers publish it, with our way in, our examples, our language.
import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createClient } from 'graphql-ws';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { resume, signIn, signOut } from '../src/ui/session';
import { ROLES } from '../src/ui/words';
import { examples } from './examples.js';
import { standing } from './standing.js';
import { inChinese, LANG, say } from './words.js';

const $ = (selector) => document.querySelector(selector);

function explore({ token, role, scope }) {
  $('#entry').hidden = true;
  $('#bar').hidden = false;
  $('#who').textContent = `${ROLES[role]?.[LANG] ?? role} · ${scope || '*'}`;
  const socket = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`;
  const ask = createGraphiQLFetcher({
    url: '/graphql',
    headers: { authorization: `Bearer ${token}` },
    wsClient: createClient({ url: socket, lazy: true, connectionParams: { token } }),
  });
  const fetcher = (...asked) => ask(...standing(...asked));
  const tabs = examples();
  createRoot($('#screen')).render(createElement(GraphiQL, { fetcher, defaultTabs: tabs, shouldPersistHeaders: false }));
  if (LANG === 'zh') inChinese(document.body);
}

function enter() {
  const form = $('#entry');
  form.hidden = false;
  form.onsubmit = (event) => {
    event.preventDefault();
    const session = signIn(form.elements.token.value);
    form.querySelector('.why').textContent = session === null ? say('wrong') : '';
    if (session !== null) explore(session);
  };
}

document.documentElement.lang = LANG === 'en' ? 'en' : 'zh-CN';
document.title = `Quanke ${say('title')}`;
$('#entry h1').textContent = say('title');
$('#entry span').textContent = say('token');
$('#entry button').textContent = say('enter');
$('#entry .how').textContent = say('how');
$('#lang').textContent = say('other');
$('#lang').href = LANG === 'en' ? '?lang=zh' : '?lang=en';
$('#leave').textContent = say('leave');
$('#leave').onclick = () => {
  signOut();
  location.reload();
};

const session = resume();
if (session === null) enter();
else explore(session);
