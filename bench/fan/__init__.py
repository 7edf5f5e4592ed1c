"""The processes of `quanke bench fanout`: a server, a crowd of clients, a peer in node.

Each takes one JSON object a line on standard input and answers each with one on standard
output. Instants are microseconds of the machine's monotonic clock, so that what one
process sends and another receives can be subtracted.
"""

FEED = """subscription Feed($filter: CaseFilter, $after: String) {
  caseFeed(filter: $filter, after: $after) { __typename
    ... on CaseFeedSnapshot { cursor position nodes { id } }
    ... on CaseFeedDelta { cursor position
      upserts { id number status categoryCode scope severity reportedAt updatedAt }
      removes { id } }
    ... on Resync { reason position }
    ... on Heartbeat { cursor position } } }"""
"""What a subscriber asks: a delta of one case is a frame of about 450 bytes."""
