// Plays a conformance case with the installed package, as installed.py does; or, with a door
// instead of a stage, follows a platform as stranger.py does.
import { createInterface } from 'node:readline';
import { LiveCollection } from 'quanke-client';

const given = JSON.parse(process.argv.at(-1));
const say = (line) => console.log(JSON.stringify(line));
const states = () => Object.fromEntries([...cases.items].map(([id, { version }]) => [id, version]));
const cases = new LiveCollection({
  key: ({ id }) => id,
  items: ({ nodes, upserts }) => nodes ?? upserts ?? [],
  gone: ({ removes }) => (removes ?? []).map(({ id }) => id),
});

function play({ url, query, silence_ms: silenceMs }) {
  let seen = 0;
  const onProblem = (problem) => {
    if (problem !== null) return;
    seen += 1;
    const { position, cursor } = cases.progress;
    say({ seen, position, cursor, items: states() });
  };
  return cases.follow({ url, query, field: 'caseFeed', onProblem, ...(silenceMs === null ? {} : { silenceMs }) }).run();
}

async function follow({ socket, token }) {
  const query = `subscription Follow($after: String) { caseFeed(after: $after) { __typename
    ... on CaseFeedSnapshot { cursor position nodes { id version } }
    ... on CaseFeedDelta { cursor position upserts { id version } removes { id } }
    ... on Resync { reason position } ... on Heartbeat { cursor position } } }`;
  let wanted = Infinity;
  const lines = createInterface({ input: process.stdin });
  lines.once('line', (line) => (wanted = Number(line)));
  let ready = false;
  const line = cases.follow({
    url: socket, query, field: 'caseFeed', token: () => token,
    onProblem: (problem) => {
      if (problem !== null) return;
      if (!ready) say({ ready: { 'quanke-client': [...cases.items.keys()] } });
      ready = true;
    },
  });
  const looking = setInterval(() => {
    if (cases.progress.position < wanted) return;
    say({ states: { 'quanke-client': states() } });
    clearInterval(looking);
    line.stop();
    lines.close();
  }, 20);
  await line.run();
}

await (given.socket ? follow(given) : play(given));
