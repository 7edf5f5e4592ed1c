// Compiler settings shared by the build and svelte-check: runes everywhere, warnings are errors.
export default {
  compilerOptions: { runes: true },
  onwarn(warning) {
    throw new Error(`${warning.code}: ${warning.message} (${warning.filename ?? ''})`);
  },
};
