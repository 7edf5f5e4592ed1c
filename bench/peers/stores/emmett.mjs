// Emmett's PostgreSQL store, in a process of its own: clients that each append one event of a
// new stream at a time. Prints one JSON line per round it is asked for on standard input.
import { createInterface } from 'node:readline'
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql'

const [connectionString, state, metadata] = process.argv.slice(2)
const store = getPostgreSQLEventStore(connectionString)
const event = { type: 'CaseReported', data: JSON.parse(state), metadata: JSON.parse(metadata) }

// A time-ordered id, as every peer has: crypto.randomUUID would be version 4.
function uuid7() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  let stamp = Date.now()
  for (let i = 5; i >= 0; i--, stamp = Math.floor(stamp / 256)) bytes[i] = stamp % 256
  bytes[6] = (bytes[6] & 15) | 112
  bytes[8] = (bytes[8] & 63) | 128
  const hex = Buffer.from(bytes).toString('hex')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

async function client(until, latencies) {
  for (let asked = performance.now(); asked < until; asked = performance.now()) {
    await store.appendToStream(`case-${uuid7()}`, [event], { expectedStreamVersion: 'STREAM_DOES_NOT_EXIST' })
    latencies.push(performance.now() - asked)
  }
}

async function round(clients, seconds) {
  const latencies = []
  const began = performance.now()
  await Promise.all(Array.from({ length: clients }, () => client(began + seconds * 1000, latencies)))
  const took = (performance.now() - began) / 1000
  latencies.sort((a, b) => a - b)
  const at = (share) => latencies[Math.floor(latencies.length * share)]
  return { per_s: latencies.length / took, p50_ms: at(0.5), p99_ms: at(0.99) }
}

await store.schema.migrate()
console.log('ready')
for await (const line of createInterface({ input: process.stdin })) {
  const { clients, seconds } = JSON.parse(line)
  console.log(JSON.stringify(await round(clients, seconds)))
}
await store.close()
