"""The demo district: Bincheng with synthetic grids, people and cases.

    bincheng, borders, grids, policy, staff, founding    the place and its rules
    arrivals, walk, triage, handling, journey            what comes up, what people do
    clockwork, history, seeding                          a year of it, told in half a minute
    voice, live                                          and on it lives, over HTTP

Everything passes the same commands and rules as a person's; nothing outside this
folder knows that it is a demo.
"""
