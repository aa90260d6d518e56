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
/** Lists of numbers. */
export const ARRAYS = 'http://schemas.microsoft.com/2003/10/Serialization/Arrays';
/** The days of a recurrence rule. */
export const DOTNET_SYSTEM = 'http://schemas.datacontract.org/2004/07/System';
export const SOAP_ENVELOPE = 'http://schemas.xmlsoap.org/soap/envelope/';

export const READ_OPERATIONS = [
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

/** Never repeated when it is unknown whether they were carried out. */
export const WRITE_OPERATIONS = ['CreateAppointment', 'UpdateAppointment'] as const;

export const OPERATION_NAMES = [...READ_OPERATIONS, ...WRITE_OPERATIONS] as const;

export type ReadOperation = (typeof READ_OPERATIONS)[number];
export type WriteOperation = (typeof WRITE_OPERATIONS)[number];
export type TebraOperation = ReadOperation | WriteOperation;

export function isWriteOperation(operation: TebraOperation): operation is WriteOperation {
  return WRITE_OPERATIONS.some((name) => name === operation);
}

export interface RequestMember {
  readonly name: string;
  readonly namespace: string;
  /** Without it the service faults, or answers for a range of its own choice. */
  readonly required: boolean;
  /** May stand several times, one per value. */
  readonly isList?: boolean;
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

function optional(name: string, children: readonly RequestMember[]): RequestMember {
  return { name, namespace: KAREO, required: false, children };
}

/** A group that holds one kind of value any number of times. */
function listOf(name: string, item: string, namespace: string = KAREO): RequestMember {
  return optional(name, [{ name: item, namespace, required: false, isList: true }]);
}

/** Marks the members that the service, or the guide beyond the schema, cannot do without. */
function needing(names: string, members: readonly RequestMember[]): RequestMember[] {
  const needed = names.split(' ');
  return members.map((member) => (needed.includes(member.name) ? { ...member, required: true } : member));
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

const RESOURCE_IDS = listOf('ResourceIds', 'long', ARRAYS);

/** An update replaces: a status, start or end that is left out would be cleared, so it is never sent without. */
const APPOINTMENT_UPDATE = needing(
  'AppointmentId AppointmentStatus EndTime PatientId ServiceLocationId StartTime',
  [
    ...texts(`
    AppointmentId AppointmentMode AppointmentName AppointmentReasonId AppointmentStatus EndTime
    InsurancePolicyAuthorizationId IsRecurring MaxAttendees Notes OccurrenceId PatientCaseId PatientId ProviderId
    ResourceId`),
    RESOURCE_IDS,
    ...texts('ServiceLocationId StartTime UpdatedAt UpdatedBy'),
  ],
);

const PERSON = texts(`
  DateOfBirth Email FirstName GenderId Guid HomePhone LastName MiddleName MobilePhone OtherEmail OtherPhone
  PatientId PracticeId PreferredEmailType PreferredPhoneType WorkEmail WorkPhone`);

const RECURRENCE_RULE = optional('RecurrenceRule', [
  ...texts('AppointmentId DayInterval DayOfMonth'),
  listOf('DayOfWeek', 'DayOfWeek', DOTNET_SYSTEM),
  ...texts('DayOfWeekFlags'),
  listOf('DayOfWeekMonthlyOrdinal', 'Ordinal'),
  ...texts(`
    DayOfWeekMonthlyOrdinalFlags EndDate MonthInterval MonthOfYear NumOccurrences NumberOfTimes RecurrenceRuleId
    StartDate TypeOfDay`),
  listOf('TypeOfDayMonthlyOrdinal', 'Ordinal'),
  ...texts('TypeOfDayMonthlyOrdinalFlags'),
]);

const APPOINTMENT_CREATE = needing(
  'AppointmentStatus AppointmentType EndTime IsRecurring PracticeId ServiceLocationId StartTime',
  [
    ...texts(`
      AppointmentId AppointmentMode AppointmentName AppointmentReasonId AppointmentStatus AppointmentType
      AppointmentUUID AttendeesCount CreatedAt CreatedBy CustomerId EndTime ForRecare
      InsurancePolicyAuthorizationId IsDeleted IsGroupAppointment IsRecurring MaxAttendees Notes OccurrenceId
      PatientCaseId`),
    // Status belongs to the derived class and therefore stands behind everybody's members.
    optional('PatientSummaries', [optional('GroupPatientSummary', [...PERSON, ...texts('Status')])]),
    optional('PatientSummary', PERSON),
    ...texts('PracticeId ProviderId'),
    RECURRENCE_RULE,
    ...texts('ResourceId'),
    RESOURCE_IDS,
    ...texts('ServiceLocationId StartTime UpdatedAt UpdatedBy WasCreatedOnline'),
  ],
);

/** The members of `request` per operation, in the order in which they must be written. */
export const REQUEST_MEMBERS: Readonly<Record<TebraOperation, readonly RequestMember[]>> = {
  CreateAppointment: [HEADER, group('Appointment', APPOINTMENT_CREATE)],
  UpdateAppointment: [HEADER, group('Appointment', APPOINTMENT_UPDATE)],
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
