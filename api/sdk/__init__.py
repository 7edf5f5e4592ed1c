"""What integrators take along: clients in Python and TypeScript, and the script both pass.

Nothing in here imports the platform, and the platform imports nothing of the client: it is
copied out by `./quanke sdk DIR`, together with the types made from the schema as it is.
"""
