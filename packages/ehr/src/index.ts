export { appointmentFingerprint, externalKey, occurrenceOfKey } from './appointment-key.ts';
export {
  CANONICAL_STATUSES,
  type CanonicalStatus,
  canonicalStatus,
  type EhrStatus,
  statusRank,
} from './appointment-status.ts';
export { type BreakerVerdict, breakerVerdict } from './breaker-verdict.ts';
export { areTimesApart, type Calibration, calibrate, calibrateTimes, type StartPair } from './calibration.ts';
export { type CallClock, systemClock } from './call-clock.ts';
export { BreakerOpen, type CallGuard, type CallPermit, gateGuard } from './call-guard.ts';
export { clinicDay, DAY_MARGIN_MS, type InstantWindow, localDate, scheduleWindow } from './clinic-day.ts';
export type { Collision } from './duplicate-appointments.ts';
export * from './ehr-failure.ts';
export { type EhrCallRecord, type EhrOperation, isEhrWrite } from './ehr-operations.ts';
export * from './ehr-port.ts';
export * from './ehr-records.ts';
export * from './ehr-write-port.ts';
export type { FhirClient, FhirClientProof } from './fhir/fhir-access.ts';
export { createFhirAdapter, type FhirOptions } from './fhir/fhir-adapter.ts';
export type { FhirCallRecord } from './fhir/fhir-call.ts';
export { createFhirGaps, FHIR_GAP_MS } from './fhir/fhir-gaps.ts';
export { FHIR_READS, FHIR_WRITES, type FhirOperation, isFhirWrite } from './fhir/fhir-operations.ts';
export { FHIR_WORDS, fhirStatus } from './fhir/fhir-status-words.ts';
export { createLocalGuard, type LocalGuardOptions } from './local-guard.ts';
export {
  type NormalisedSchedule,
  normaliseSchedule,
  type QuarantinedRow,
  type QuarantineReason,
  quarantineCounts,
} from './normalise-schedule.ts';
export {
  createRateGate,
  type Gate,
  GateFull,
  type RateGateOptions,
} from './rate-gate.ts';
export { type ClinicDayQuestion, type ClinicDaySchedule, readClinicDay } from './read-clinic-day.ts';
export {
  type FailedTry,
  READ_RETRY,
  type RetryOptions,
  type RetryPolicy,
  retryDelayMs,
  throttleWaitMs,
  withRetry,
} from './retry.ts';
export { type CallGaps, createCallGaps, GAP_MARGIN_MS } from './tebra/call-gaps.ts';
export {
  isWriteOperation,
  OPERATION_NAMES,
  READ_OPERATIONS,
  SOAP_ENVELOPE,
  type TebraOperation,
  WRITE_OPERATIONS,
} from './tebra/operations.ts';
export { escapeXml } from './tebra/soap-request.ts';
export {
  createTebraAdapter,
  TEBRA_ENDPOINT,
  type TebraCallRecord,
  type TebraCredentials,
  type TebraOptions,
} from './tebra/tebra-adapter.ts';
export { safeWording } from './tebra/vendor-wording.ts';
export { parseXml, type XmlElement, XmlRefused } from './tebra/xml-tree.ts';
export { calendarDate, detailTime, listTime, tebraUtcText } from './written-time.ts';
