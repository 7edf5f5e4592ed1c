"""The rules of the loop: discover, report, triage, dispatch, handle, check, assess.

One folder per capability (`case/ grid/ directory/ catalogue/ calendar/ alarm/ alert/ account/
webhook/ privacy/`), the same few names in each: events, commands, state, decide, react.
`words/` has what people read for every code. Plain functions over frozen data. No I/O, no
clock, no async, no framework: time and facts come in as arguments, so a replay never has to
ask again.
"""
