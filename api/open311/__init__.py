"""Open311 GeoReport v2: services, their definitions, requests, tokens, in XML and JSON.

Any city's apps speak it. It shows plain fields of cases of open categories and places
rounded to 100 m, to anybody; reporting takes a key. Free text goes in, sealed, and does
not come out.
"""
