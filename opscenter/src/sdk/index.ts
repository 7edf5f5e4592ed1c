/**
 * The TypeScript SDK: what our own screens follow the platform with.
 *
 * Framework-free and without dependencies, so the folder can be copied as it is, or packed
 * with `npm pack`. `build/types.mjs` makes the types of your documents from the schema.
 */
export { Backoff } from './backoff';
export { type Change, type FollowOptions, LiveCollection, type Reading } from './collection';
export { describe, Line, type LineOptions, lineUrl } from './line';
export { Progress, type Step, type Told } from './progress';
