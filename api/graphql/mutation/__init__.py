"""Mutations are commands: input types, payloads and fields made from the domain's structs."""
