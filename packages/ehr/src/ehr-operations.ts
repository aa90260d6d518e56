import type { FhirCallRecord } from './fhir/fhir-call.ts';
import { type FhirOperation, isFhirWrite } from './fhir/fhir-operations.ts';
import { isWriteOperation, type TebraOperation } from './tebra/operations.ts';
import type { TebraCallRecord } from './tebra/tebra-adapter.ts';

/** What gates, breakers and metrics know a call by, whichever EHR it goes to. */
export type EhrOperation = TebraOperation | FhirOperation;
export type EhrCallRecord = TebraCallRecord | FhirCallRecord;

/** Whether the operation changes the EHR. */
export function isEhrWrite(operation: EhrOperation): boolean {
  return isFhirWrite(operation) || isWriteOperation(operation as TebraOperation);
}
