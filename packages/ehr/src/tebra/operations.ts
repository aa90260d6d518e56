/**
 * The Tebra operations this adapter calls and the shape of each request: names, namespaces and order.
 *
 * Order is meaning here. The service reads members forward only: one that stands too late, is unknown or sits
 * in the wrong namespace is dropped without a word, so that a misplaced EndDate silently asks for another
 * week. All member lists are therefore in the contract's own order, which is byte order per class, base class
 * first.
 */

/** The two namespaces differ by one trailing slash, and mixing them up faults. */
export const KAREO = 'http://www.kareo.com/api/schemas/';
export const KAREO_NO_SLASH = 'http://www.kareo.com/api/schemas';
export const SOAP_ENVELOPE = 'http://schemas.xmlsoap.org/soap/envelope/';

export const OPERATION_NAMES = [
  'GetAppointment',
  'GetAppointments',
  'GetCustomerIdFromKey',
  'GetPatient',
  'GetPatients',
  'GetPractices',
  'GetProviders',
  'GetServiceLocations',
  'GetThrottles',
] as const;

export type TebraOperation = (typeof OPERATION_NAMES)[number];

export interface RequestMember {
  readonly name: string;
  readonly namespace: string;
  /** Without it the service faults, or answers for a range of its own choice. */
  readonly required: boolean;
  /** Absent for a text member. */
  readonly children?: readonly RequestMember[];
}

function texts(names: string, namespace: string = KAREO): RequestMember[] {
  return names
    .trim()
    .split(/\s+/)
    .map((name) => ({ name, namespace, required: false }));
}

function group(name: string, children: readonly RequestMember[], namespace: string = KAREO): RequestMember {
  return { name, namespace, required: true, children };
}

const CREDENTIALS = texts('CustomerKey Password User').map((member) => ({ ...member, required: true }));
const HEADER = group('RequestHeader', [...texts('ClientVersion'), ...CREDENTIALS]);

// Left empty on purpose: accounts differ in what a set toggle does, and an empty element returns full records.
const FIELDS = group('Fields', []);

const APPOINTMENT_FILTER = texts(`
  AppointmentReason ConfirmationStatus EndDate FromCreatedDate FromLastModifiedDate PatientCasePayerScenario
  PatientFullName PatientID PracticeName ResourceName ServiceLocationName StartDate TimeZoneOffsetFromGMT
  ToCreatedDate ToLastModifiedDate Type`);

const PATIENTS_FILTER = texts(`
  CollectionCategoryName DefaultCasePayerScenario DefaultRenderingProviderFullName DefaultServiceLocationName
  FirstName FromCreatedDate FromDateOfBirth FromLastEncounterDate FromLastModifiedDate FullName Gender LastName
  MiddleName PracticeID PracticeName PrimaryCarePhysicianFullName PrimaryInsurancePolicyCompanyName
  PrimaryInsurancePolicyPlanName ReferralSource ReferringProviderFullName SSN
  SecondaryInsurancePolicyCompanyName SecondaryInsurancePolicyPlanName ToCreatedDate ToDateOfBirth
  ToLastEncounterDate ToLastModifiedDate`);

const PROVIDER_FILTER = texts(`
  DepartmentName FromCreatedDate FromLastModifiedDate FullName PracticeID PracticeName ToCreatedDate
  ToLastModifiedDate Type`);

const PRACTICE_FILTER = texts(`
  Active FromCreatedDate FromLastModifiedDate ID NPI PracticeName TaxID ToCreatedDate ToLastModifiedDate`);

const LOCATION_FILTER = texts(
  `FromCreatedDate FromLastModifiedDate ID PracticeID PracticeName ToCreatedDate ToLastModifiedDate`,
  KAREO_NO_SLASH,
);

/** The members of `request` per operation, in the order in which they must be written. */
export const REQUEST_MEMBERS: Readonly<Record<TebraOperation, readonly RequestMember[]>> = {
  GetAppointment: [
    HEADER,
    group('Appointment', [{ name: 'AppointmentId', namespace: KAREO, required: true }]),
  ],
  GetAppointments: [HEADER, FIELDS, group('Filter', APPOINTMENT_FILTER)],
  GetCustomerIdFromKey: CREDENTIALS,
  GetPatient: [HEADER, group('Filter', texts('ExternalID ExternalVendorID PatientID'))],
  GetPatients: [HEADER, FIELDS, group('Filter', PATIENTS_FILTER)],
  GetPractices: [HEADER, FIELDS, group('Filter', PRACTICE_FILTER)],
  GetProviders: [HEADER, FIELDS, group('Filter', PROVIDER_FILTER)],
  GetServiceLocations: [
    HEADER,
    group('Fields', [], KAREO_NO_SLASH),
    group('Filter', LOCATION_FILTER, KAREO_NO_SLASH),
  ],
  GetThrottles: [HEADER],
};

/** The value of the SOAPAction header, without its quotes. Without the `KareoServices/` part the call faults. */
export function soapAction(operation: TebraOperation): string {
  return `${KAREO}KareoServices/${operation}`;
}
