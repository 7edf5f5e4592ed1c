// Runs graphql-http's audits against a server and prints their results as JSON.
// Arguments: the module's folder, the address, a token for those that introspect.
import { createRequire } from 'node:module';

const [folder, url, token] = process.argv.slice(2);
const { auditServer } = createRequire(`${folder}/`)('graphql-http');
const fetchFn = (address, init = {}) =>
  fetch(address, { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } });
const results = await auditServer({ url, fetchFn });
console.log(JSON.stringify(results.map(({ id, name, status, reason }) => ({ id, name, status, reason }))));
