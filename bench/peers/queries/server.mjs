// One GraphQL server over the platform's own tables, by its usual means: PostGraphile's plans,
// or yoga's or mercurius' resolvers over node-postgres. Prints its port, serves until killed.
import { createServer } from 'node:http'

const [which, connectionString] = process.argv.slice(2)
const POOL = 8
const FIELDS = `id number status severity scope category reported_at updated_at due_at overdue
  returned version`.split(/\s+/)

const typeDefs = `
  type Case { id: ID! number: String! status: String! severity: String! scope: String!
    categoryCode: String! reportedAt: String updatedAt: String! dueAt: String overdue: Boolean!
    returned: Int! version: Int! }
  type Cases { nodes: [Case!]! }
  type Query { cases(first: Int!, since: String!): Cases! }`

const PAGE = `select ${FIELDS.join(', ')} from rm_case_board_v1.board
  where reported_at >= $1 order by reported_at desc, id desc limit $2`

// Node reads microseconds since 1970 as text, as they do not fit its numbers everywhere.
const instant = (micros) => {
  if (micros === null) return null
  const at = BigInt(micros)
  const rest = String(at % 1_000_000n).padStart(6, '0')
  return new Date(Number(at / 1_000_000n) * 1000).toISOString().slice(0, 19) + `.${rest}Z`
}

const resolvers = (pool) => ({
  Query: {
    cases: async (_, { first, since }) => {
      const { rows } = await pool.query({ name: 'page', text: PAGE, values: [since, first] })
      return { nodes: rows }
    },
  },
  Case: {
    id: (row) => Buffer.from(`1:Case:${row.id}`).toString('base64url'),
    status: (row) => row.status.toUpperCase(),
    severity: (row) => row.severity.toUpperCase(),
    categoryCode: (row) => row.category,
    reportedAt: (row) => instant(row.reported_at),
    updatedAt: (row) => instant(row.updated_at),
    dueAt: (row) => instant(row.due_at),
    version: (row) => Number(row.version),
  },
})

async function pool() {
  const { default: pg } = await import('pg')
  return new pg.Pool({ connectionString, max: POOL })
}

async function postgraphile() {
  const { PostGraphileAmberPreset } = await import('postgraphile/presets/amber')
  const { PostGraphileConnectionFilterPreset } =
    await import('postgraphile-plugin-connection-filter')
  const { makePgService } = await import('postgraphile/adaptors/pg')
  const { postgraphile: made } = await import('postgraphile')
  const { grafserv } = await import('postgraphile/grafserv/node')
  const preset = {
    extends: [PostGraphileAmberPreset, PostGraphileConnectionFilterPreset],
    pgServices: [
      makePgService({ connectionString, schemas: ['rm_case_board_v1'], poolConfig: { max: POOL } }),
    ],
    grafserv: { graphqlPath: '/graphql', watch: false },
    grafast: { explain: false },
  }
  const server = createServer()
  await made(preset).createServ(grafserv).addTo(server)
  return server
}

async function yoga() {
  const { createSchema, createYoga } = await import('graphql-yoga')
  const schema = createSchema({ typeDefs, resolvers: resolvers(await pool()) })
  return createServer(createYoga({ schema, logging: false, graphiql: false }))
}

async function mercurius() {
  const { default: fastify } = await import('fastify')
  const { default: plugin } = await import('mercurius')
  const app = fastify()
  app.register(plugin, { schema: typeDefs, resolvers: resolvers(await pool()), jit: 1 })
  await app.ready()
  return app.server
}

const server = await { postgraphile, yoga, mercurius }[which]()
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
