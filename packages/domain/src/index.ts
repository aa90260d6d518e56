export type * from './board.ts';
export * from './digest.ts';
