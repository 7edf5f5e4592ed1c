"""A transparency log by the C2SP specifications, as pure functions over bytes.

`tree` hashes as RFC 6962 does, `tiles` lays hashes and entries out as tlog-tiles does,
`proofs` makes and checks inclusion and consistency, `notes`, `checkpoint` and `receipt`
are the texts that are signed and handed out. No database, no clock, no network: an
auditor's verifier needs nothing but this folder, and `docs/audit` holds one in Go that
does not even need that.
"""
