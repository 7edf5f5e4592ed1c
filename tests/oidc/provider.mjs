// An identity provider for one test run: in memory, on a free port of this machine.
// Whoever signs in is who they say; a line `li dispatch check` on standard input sets their groups.
import http from 'node:http';
import readline from 'node:readline';
import { Provider } from 'oidc-provider';

const [callback, secret] = process.argv.slice(2);
const groups = new Map();
const server = http.createServer();

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const [who, ...names] = line.split(' ');
  groups.set(who, names);
  console.log(`set ${line}`);
});
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'quanke',
        client_secret: secret,
        redirect_uris: [callback],
        post_logout_redirect_uris: [callback.replace('/auth/oidc/callback', '/console')],
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    ],
    pkce: { required: () => true },
    cookies: { keys: ['only for this run'] },
    conformIdTokenClaims: false,
    claims: { openid: ['sub', 'groups'] },
    findAccount: (_ctx, id) => ({
      accountId: id,
      claims: () => ({ sub: id, groups: groups.get(id) ?? [] }),
    }),
    features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
  });
  server.on('request', provider.callback());
  console.log(issuer);
});
