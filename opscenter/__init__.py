"""Where the built screens are.

The rooms above this one serve files and know nothing of Svelte: `npm ci --ignore-scripts
&& npm run build` in this folder writes `dist/`, which is never committed. `dist/wall.html`
is the page behind `/wall`, `dist/console.html` that behind `/console`, and so on: each page
beside this file is a screen and a build of its own. What the pages load lies under
`dist/assets/` with a hash in its name, so it may be cached for ever.
"""

from pathlib import Path

ROOT: Path = Path(__file__).resolve().parent
DIST: Path = ROOT / "dist"
EXPLORER: Path = ROOT / "graphiql" / "dist"
"""GraphiQL, a build apart: `./quanke graphiql`."""
