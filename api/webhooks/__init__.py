"""Outgoing webhooks by the Standard Webhooks specification: signed, ordered, retried.

Every live webhook is followed by one task that posts public events in the log's order, one
at a time, and goes on only when the last one was taken.
"""
