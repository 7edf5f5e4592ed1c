/** The views of the wall's figures: a part of the console that loads after it. */
export { default as OnWall } from './OnWall.svelte';
export { default as WhyFigure } from './WhyFigure.svelte';
