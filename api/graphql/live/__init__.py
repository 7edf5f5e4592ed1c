"""Subscriptions: one computation per document, variables and visible scope; many members.

A group takes a snapshot, follows the hub, executes and encodes each message once and
hands the same bytes to every member. Nobody waits for a slow member.
"""
