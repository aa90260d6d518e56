/** Redis behind the board: commit log, hosts, function library, connection. */

export { AccountChanges, type NotedChange } from './accounts/account-changes.ts';
export { accountKeyRows } from './accounts/account-keys.ts';
export type {
  AccountChange,
  AccountOutcome,
  AccountRefusal,
  AccountStore,
  NewAccount,
} from './accounts/account-store.ts';
export { type CredentialChange, CredentialStore, type Credentials } from './accounts/credential-store.ts';
export { EnrolmentCodes, type EnrolmentGrant } from './accounts/enrolment-codes.ts';
export { KnownDevices } from './accounts/known-devices.ts';
export { newUid } from './accounts/new-uid.ts';
export { RedisAccountStore } from './accounts/redis-account-store.ts';
export {
  type Admission,
  failuresInARowMax,
  networkOf,
  SignInThrottle,
  type Subject as ThrottleSubject,
  type ThrottleLimits,
  throttleLimits,
} from './accounts/sign-in-throttle.ts';
export {
  type SignInStage,
  type SignInTransaction,
  SignInTransactions,
  transactionLifeMs,
} from './accounts/sign-in-transactions.ts';
export { archiveNameOf, BoardArchive, type BoardSource } from './archive/board-archive.ts';
export { FolderObjectStore } from './archive/folder-object-store.ts';
export { type CreateResult, type ObjectStore, objectName } from './archive/object-store.ts';
export { openObjectStore } from './archive/open-object-store.ts';
export { assertDurable, type DurabilityReport, UnsafeRedisError } from './assert-durable.ts';
export { AccessReviews } from './audit/access-reviews.ts';
export { AuditChecks } from './audit/audit-checks.ts';
export { AuditIndex } from './audit/audit-index.ts';
export {
  type AuditKeys,
  type AuditLogId,
  auditKeyRows,
  auditKeys,
  auditLogOf,
  clinicOf,
  installationLog,
} from './audit/audit-keys.ts';
export {
  type AuditMatch,
  type AuditQuery,
  AuditReader,
  type FoundEntries,
  type FoundEntry,
} from './audit/audit-reader.ts';
export { AuditReviews, reviewWeekMs } from './audit/audit-reviews.ts';
export { AuditSealer, type AuditSealerParts, type SealOutcome } from './audit/audit-sealer.ts';
export { AuditSigner, originOf } from './audit/audit-signer.ts';
export { type CheckSubject, checkLog, drillLog, withFlippedBit } from './audit/check-log.ts';
export { type ExportQuestion, exportFiles, exportTar } from './audit/export-bundle.ts';
export { csvCell, entriesCsv } from './audit/export-csv.ts';
export { fhirAuditEvent, fhirBundle } from './audit/export-fhir.ts';
export { LogArchive } from './audit/log-archive.ts';
export {
  LogWitness,
  type WitnessAddress,
  type WitnessOutcome,
  witnessAddress,
} from './audit/log-witness.ts';
export { leafBytes, presentEvent, type RawEntry } from './audit/present-event.ts';
export { RevealStore, type StoredReveal } from './audit/reveal-store.ts';
export { eventMac, SecurityAudit, type SecurityAuditOptions } from './audit/security-audit.ts';
export { type AuditMark, AuditTrail, type ReadAudit } from './audit-trail.ts';
export type { SubmitOptions } from './board-authority.ts';
export type { HistoryEntry } from './board-history.ts';
export { BoardHost, type BoardHostParts, type BoardSnapshot } from './board-host.ts';
export {
  type BoardChange,
  type BoardEntry,
  type BoardPosition,
  emptyPosition,
  nextChain,
} from './board-log.ts';
export { BoardPresence, type PresentTab, presenceLifeMs } from './board-presence.ts';
export { BoardRegistry, type BoardRegistryOptions } from './board-registry.ts';
export type { BoardChanged, ResetReason } from './board-replica.ts';
export type { ResumeAnswer } from './board-resume.ts';
export { CommitGuard, GuardBroken } from './commit-guard.ts';
export { commitLaneOf } from './commit-sender.ts';
export { AlertStore } from './detection/alert-store.ts';
export { AuditWatch, sealLateMs } from './detection/audit-watch.ts';
export { BaitWatch } from './detection/bait-watch.ts';
export { type Blocked, BlockList } from './detection/block-list.ts';
export { countWindows } from './detection/detection-windows.ts';
export { Detector, type DetectorParts } from './detection/detector.ts';
export { FreezeWatch } from './detection/freeze-watch.ts';
export { DisplayStore } from './displays/display-store.ts';
export {
  downtimeKeyRows,
  downtimeKeys,
  type RosterNote,
  RosterNotes,
  rosterTurnMs,
} from './downtime/roster-notes.ts';
export { RosterShelf, rostersToDrop } from './downtime/roster-shelf.ts';
export { offlineKeyId, sealRoster } from './downtime/seal-roster.ts';
export { DriftStore, driftKeyRows, driftLifeMs } from './drift/drift-store.ts';
export { type BreakerSettings, breakerSettings } from './ehr-link/breaker-settings.ts';
export {
  EhrLink,
  type EhrLinkParts,
  ehrAccountName,
  ehrAccounts,
  type TurnAsk,
  type TurnReport,
} from './ehr-link/ehr-link.ts';
export { type EhrLinkKeys, ehrLinkKeyRows, ehrLinkKeys } from './ehr-link/ehr-link-keys.ts';
export {
  type EmbeddedRedis,
  EmbeddedRedisError,
  type EmbeddedRedisOptions,
  startEmbeddedRedis,
} from './embedded-redis.ts';
export {
  EmergencyStore,
  type ListedPerson,
  type OpenGlassOf,
  type StoredGlass,
  type StoredRegister,
  type StoredReview,
} from './emergency/emergency-store.ts';
export { GlassWatch } from './emergency/glass-watch.ts';
export {
  IdentityStore,
  identityKeyRows,
  type LinkedIdentity,
  type Subject,
} from './federation/identity-store.ts';
export { commandOf, type FunctionCall, readReply } from './function-call.ts';
export { dropFunctions, ensureFunctions, FunctionLibraryError, type Library } from './function-loader.ts';
export * from './generated/function-calls.generated.ts';
export { functionLibrary } from './generated/functions.generated.ts';
export { isBeating, ProcessBeats } from './health/process-beats.ts';
export { loopLookMs, ProcessLoad } from './health/process-load.ts';
export { createRedisPort } from './ioredis-port.ts';
export { type JobConnectionPurpose, openJobConnection } from './job-connection.ts';
export { type BoardKeys, boardKeyRows, boardKeys, boardTag, type KeyRow } from './keys.ts';
export { MacKey } from './mac-key.ts';
export { type OneUsePurpose, OneUseStore, oneUseKeyRows } from './passkeys/one-use-store.ts';
export { type Passkey, PasskeyStore, passkeyKeyRows } from './passkeys/passkey-store.ts';
export type { Sealer } from './passkeys/sealer.ts';
export { RedisClock } from './redis-clock.ts';
export { faultOf, isFunctionMissing } from './redis-failure.ts';
export { commandTimeoutMs } from './redis-options.ts';
export type { BatchReply, Durability, RedisPort } from './redis-port.ts';
export { type RedisServerConfOptions, redisServerConf } from './redis-server-conf.ts';
export { fromUrl, type RedisMode, type RedisTarget } from './redis-target.ts';
export { alertsBehind, freezeDeletions, liftFreeze, readFreeze } from './retention/freeze.ts';
export { type BookChange, RecordBook } from './retention/record-book.ts';
export { lookBackDays } from './retention/retained-days.ts';
export { alertBookKeys, detectionKeys, retentionKeyRows, windowKey } from './retention/retention-keys.ts';
export { RetentionStore } from './retention/retention-store.ts';
export {
  RetentionSweep,
  type SweepParts,
  type SweepReport,
} from './retention/retention-sweep.ts';
export type { PeriodShredder } from './retention/shred-months.ts';
export { type IndexSweepReport, nearSpan, sweepIndex, wholeSpan } from './search/index-sweep.ts';
export { IndexWriter } from './search/index-writer.ts';
export { type KeptDate, keptDates } from './search/kept-dates.ts';
export { type Candidates, type IndexedAt, PatientIndex } from './search/patient-index.ts';
export {
  clinicIndexKeys,
  dayIndexKey,
  searchCountKeys,
  searchKeyRows,
} from './search/search-keys.ts';
export { SearchLimit, type SearchLimits, searchLimits } from './search/search-limit.ts';
export { addressOfApiToken, apiTokenPrefix } from './sessions/api-token.ts';
export { ApiTokenStore, apiTokensMax, type StoredApiToken } from './sessions/api-token-store.ts';
export { type PinAttempt, PinStore, pinFailuresMax, pinFailuresPerDayMax } from './sessions/pin-store.ts';
export { endOf, parkedMs, rotationGraceMs, type SessionRecord } from './sessions/session-record.ts';
export { SessionStore, type SessionStoreOptions, type StoredSession } from './sessions/session-store.ts';
export { isSameText } from './sessions/session-token.ts';
export { challengeMs, type WorkstationRecord, WorkstationStore } from './sessions/workstation-store.ts';
export { auditedProvider } from './vault/audited-provider.ts';
export { type BoardCodec, plainCodec } from './vault/board-cipher.ts';
export { countKids, kidsOfVisit } from './vault/board-kids.ts';
export { type CryptReason, cryptReasonOf } from './vault/crypt-failure.ts';
export type { DestroyOrder } from './vault/destroy-keys.ts';
export { GoogleKms, type GoogleKmsParts, type KmsClient } from './vault/google-kms.ts';
export type { KeyScope } from './vault/key-documents.ts';
export type { KeyUse } from './vault/key-hierarchy.ts';
export type { KeyInfo, KeyProvider, KeyProviderStatus } from './vault/key-provider.ts';
export { KeyUseRecorder, type KeyUseRecorderParts } from './vault/key-use-recorder.ts';
export { keysOfClinic } from './vault/keys-in-use.ts';
export { LocalKeyFile } from './vault/local-key-file.ts';
export { type KeyProviderOptions, openKeyProvider } from './vault/open-key-provider.ts';
export { lazyKeyProvider, lazyStore, openVault, type VaultAddresses } from './vault/open-vault.ts';
export {
  clinicKeysInUse,
  clinicsWithKeys,
  retentionKeysInUse,
  rewrapClinicKeys,
  rotateClinicKey,
  rotateRetentionKey,
  type SweepOptions,
  type SweepProgress,
  scopesOf,
  sweepClinic,
  sweepScope,
} from './vault/rotate-keys.ts';
export { openSecret, sealSecret } from './vault/seal-secret.ts';
export { clearTextOf, isSealedText } from './vault/sealed-text.ts';
export { clinicKeyLifeMs, type KeyUpkeep, keepAllKeys, keepClinicKeys } from './vault/upkeep.ts';
export { Vault, type VaultOptions } from './vault/vault.ts';
export { outboxKey, outboxLifeMs, switchKeys, writeBackKeyRows } from './write-back/write-back-keys.ts';
export { effectiveMode, type SwitchSetting, WriteBackSwitch } from './write-back/write-back-switch.ts';
export {
  type HoldAnswer,
  LeaseLost,
  type OutboxChange,
  type OutboxContents,
  visitsBeingMade,
  WriteOutbox,
  type WriteOutboxParts,
} from './write-back/write-outbox.ts';
