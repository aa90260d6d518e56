export { BoardProvider, type BoardProviderProps, useBoardClient } from './board-provider.tsx';
export {
  type Attention,
  isShallowEqual,
  useAttention,
  useBoard,
  usePending,
  useVisit,
  type VisitOnBoard,
} from './use-board.ts';
export { type BoardColumn, useColumns } from './use-columns.ts';
export { type Commands, useCommand } from './use-command.ts';
export { type ConnectionView, useConnection } from './use-connection.ts';
export { useNow } from './use-now.ts';
