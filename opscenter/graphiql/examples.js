// What one may begin with: the guide's questions (docs/integrators.md), a tab each. GraphiQL
// leaves out the variables of the tab it opens first, so that one has defaults instead.
import { LANG } from './words.js';

const word = (zh, en) => (LANG === 'en' ? en : zh);

export const examples = () => [
  {
    query: `# ${word('办理中的事件，一页二十件；下一页用 endCursor', 'Open cases, twenty a page; endCursor leads on')}
query Board($first: Int! = 20, $after: String) {
  cases(first: $first, after: $after, filter: { open: true }, orderBy: REPORTED) {
    nodes { id number status severity reportedAt grid { code name nameEn } }
    pageInfo { hasNextPage endCursor }
  }
  rateLimit { cost currentlyAvailable restoreRate }
}
`,
  },
  {
    query: `# ${word('区级总览，以及某一时刻的总览（asOf）', 'The overview, and the overview of an instant (asOf)')}
query Overview {
  now: overview { open reportedToday closedToday overdue closingRateBp }
  before: overview(asOf: { position: "1000" }) { open overdue }
}
`,
  },
  {
    query: `# ${word('订阅：先快照，后增量，值都是绝对值', 'Follow: a snapshot, then deltas of absolute values')}
# ${word('续传：停止后把最后一个 cursor 填进变量 after，再执行', 'Go on: stop, put the last cursor into the variable after, run again')}
subscription Follow($after: String) {
  caseFeed(after: $after) {
    __typename
    ... on CaseFeedSnapshot { cursor position nodes { ...Line } }
    ... on CaseFeedDelta { cursor position upserts { ...Line } removes { id reason } }
    ... on Resync { reason position }
    ... on Heartbeat { cursor position head serverTime }
  }
}
fragment Line on Case { id number status }
`,
    variables: '{ "after": null }',
  },
  {
    query: `# ${word('上报一次：同一个 clientMutationId 不会办两次（需要有上报权限的令牌）', 'Report, once: one clientMutationId is never done twice (needs a role that may)')}
mutation Report($input: ReportCaseInput!) {
  reportCase(input: $input) {
    case { id number status }
    event { position duplicate }
    userErrors { code message messageZh facts { name value } }
  }
}
`,
    variables: JSON.stringify({
      input: {
        clientMutationId: '6f1c2a50-8d0e-4b57-9a57-0d5f2f3c4e11', channel: 'HOTLINE',
        category: '06010', place: { grid: '371602005036001' }, description: '路边有垃圾',
      },
    }, null, 2),
  },
  {
    query: `# ${word('模式的变化：升级之前先看', 'What changes in the schema: read before an upgrade')}
query Changes { schemaChanges { since severity description notice } }
`,
  },
];
