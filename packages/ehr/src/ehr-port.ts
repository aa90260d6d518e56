import type { EhrResult } from './ehr-failure.ts';
import type {
  EhrAppointmentDetail,
  EhrPatient,
  EhrPractice,
  EhrProvider,
  EhrSchedule,
  EhrServiceLocation,
  EhrThrottle,
} from './ehr-records.ts';
import type { EhrWritePort } from './ehr-write-port.ts';

/** First and last calendar day, YYYY-MM-DD, both meant to be included. */
export interface DayRange {
  readonly from: string;
  readonly to: string;
}

/**
 * Which part of the schedule to list. Ask for a window of instants, for days of change, or for both; a range
 * with neither is refused, because the EHR would then choose its own days.
 */
export interface ScheduleRange {
  /** Exactly as `practices()` spells it; a wrong name yields no rows and no error. */
  readonly practiceName: string;
  /** Epoch ms, inclusive start and exclusive end, at most 31 days apart. */
  readonly window?: { readonly startAt: number; readonly endAt: number };
  /** Day-granular, in the vendor's own zone: take a day more on both sides. */
  readonly modified?: DayRange;
  readonly created?: DayRange;
  readonly resourceName?: string;
  readonly serviceLocationName?: string;
  readonly patientId?: string;
  readonly patientFullName?: string;
  readonly appointmentReason?: string;
  readonly confirmationStatus?: string;
  readonly payerScenario?: string;
  readonly type?: 'P' | 'O';
}

/** At least one criterion is needed: an empty filter would ask for every patient of the account. */
export interface PatientsFilter {
  readonly practiceId?: string;
  readonly practiceName?: string;
  readonly firstName?: string;
  readonly middleName?: string;
  readonly lastName?: string;
  readonly fullName?: string;
  readonly gender?: string;
  readonly dateOfBirth?: DayRange;
  readonly modified?: DayRange;
  readonly created?: DayRange;
  readonly lastEncounter?: DayRange;
  readonly renderingProviderName?: string;
  readonly serviceLocationName?: string;
  readonly payerScenario?: string;
  readonly primaryCarePhysicianName?: string;
  readonly referringProviderName?: string;
}

/** Narrows the account's directories; every member is optional. */
export interface DirectoryFilter {
  readonly practiceId?: string;
  readonly practiceName?: string;
  readonly modified?: DayRange;
  readonly created?: DayRange;
}

/** The EHR as the rest of the product sees it. */
export interface EhrPort extends EhrReadPort, EhrWritePort {}

/**
 * The reading half. No method throws: each answers a value or a classified failure. An id that the EHR does
 * not know answers null.
 */
export interface EhrReadPort {
  schedule(range: ScheduleRange, signal?: AbortSignal): Promise<EhrResult<EhrSchedule>>;
  appointment(id: string, signal?: AbortSignal): Promise<EhrResult<EhrAppointmentDetail | null>>;
  patient(id: string, signal?: AbortSignal): Promise<EhrResult<EhrPatient | null>>;
  patients(filter: PatientsFilter, signal?: AbortSignal): Promise<EhrResult<readonly EhrPatient[]>>;
  providers(filter?: DirectoryFilter, signal?: AbortSignal): Promise<EhrResult<readonly EhrProvider[]>>;
  practices(signal?: AbortSignal): Promise<EhrResult<readonly EhrPractice[]>>;
  serviceLocations(
    filter?: DirectoryFilter,
    signal?: AbortSignal,
  ): Promise<EhrResult<readonly EhrServiceLocation[]>>;
  throttles(signal?: AbortSignal): Promise<EhrResult<readonly EhrThrottle[]>>;
  /** The cheapest proof that the account works; answers its customer id. */
  checkCredentials(signal?: AbortSignal): Promise<EhrResult<{ readonly customerId: string | null }>>;
}
