export * from './api/account-api.ts';
export * from './api/accounts-api.ts';
export * from './api/api-client.ts';
export * from './api/api-error.ts';
export { ApiTransport } from './api/api-transport.ts';
export * from './api/audit-api.ts';
export * from './api/break-glass-api.ts';
export * from './api/display-api.ts';
export * from './api/ehr-link-api.ts';
export * from './api/oversight-api.ts';
export * from './api/patient-search-api.ts';
export * from './api/queues-api.ts';
export * from './api/session-api.ts';
export * from './api/sign-in-api.ts';
export { BoardStore } from './board/board-store.ts';
export { overlayPending, predictChanges } from './board/overlay.ts';
export {
  BoardReplica,
  type ReplicaRecord,
  ReplicaSession,
  type RuleMutation,
  type Verdict,
} from './board/replica.ts';
export { type BoardClient, createBoardClient } from './board-client.ts';
export type * from './board-snapshot.ts';
export type { BoardClientOptions, TabPorts } from './client-options.ts';
export { type Clock, systemClock } from './clock.ts';
export { type RefusalReason, SubmitRefused } from './command-results.ts';
export { offlineBoardOf } from './offline/offline-board-of.ts';
export { OfflineKeeper, type OfflineKeeperParts, type ShareHolder } from './offline/offline-keeper.ts';
export {
  type HeldShare,
  OfflineVault,
  type OpenedBoard,
  offlineDatabase,
  wipeOfflineBoard,
} from './offline/offline-vault.ts';
export { goneOn, type SessionEnds, sessionEndsOf } from './offline/session-ends.ts';
export type { AttentionProblem, OutboxItem, OutboxLane } from './outbox/outbox-lane.ts';
export { type ClientStorage, memoryStorage, openStorage } from './outbox/outbox-storage.ts';
export type { Submission } from './steps.ts';
export { ConnectionDriver, type DriverEvent, type DriverPorts } from './stream/connection-driver.ts';
export { type ConnectionStep, stepConnection } from './stream/connection-machine.ts';
export * from './stream/connection-state.ts';
export { type DecodedFrame, decodeFrame, FrameError } from './stream/decode-frame.ts';
export { type SseEvent, SseParser, SseTooLarge } from './stream/sse-parser.ts';
export { fetchTransport, type StreamSink, type StreamTransport } from './stream/stream-transport.ts';
export type { ConnectionStatus } from './tabs/tab-link.ts';
export { WorkstationKey } from './workstation-key.ts';
