"""The SDKs: the conformance script, the typed client, and the package that leaves the house."""
