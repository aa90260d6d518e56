import { PATIENT_SHAPES } from './patient-shapes.ts';
import { type Shape, shape, togglesOf } from './shape.ts';
import { UPDATE_PATIENT_SHAPES } from './update-patient-shapes.ts';

const AppointmentData = shape(
  'AppointmentData',
  `AllDay AppointmentDuration AppointmentReason{1..10} AppointmentReasonID{1..10}
  Authorization{EndDate|ID|InsurancePlan|Number|StartDate} ConfirmationStatus CreatedDate EndDate ID LastModifiedDate Notes
  PatientCaseID PatientCaseName PatientCasePayerScenario PatientFullName PatientID PracticeID PracticeName Recurring
  Resource{ID|Name|TypeID}{1..10} ServiceLocationID ServiceLocationName StartDate Type`,
);
const ProviderData = shape(
  'ProviderData',
  `Active AddressLine{1|2} BillingType City Country CreatedDate Degree DepartmentName EmailAddress EncounterFormName Fax
  FaxExt FirstName FullName HomePhone HomePhoneExt ID LastModifiedDate LastName MiddleName MobilePhone MobilePhoneExt
  NationalProviderIdentifier Notes Pager PagerExt PracticeID PracticeName Prefix
  ProviderPerformanceReport{Active|CCEmailRecipients|Delay|Fequency|Scope} SocialSecurityNumber SpecialtyName State Suffix Type
  WorkPhone WorkPhoneExt ZipCode`,
);
const CONTACT =
  'AddressLine1|AddressLine2|City|Country|Email|Fax|FaxExt|FullName|Phone|PhoneExt|State|ZipCode';
const PracticeData = shape(
  'PracticeData',
  `Active Administrator{${CONTACT}} BillingContact{${CONTACT}} CreatedDate Email Fax FaxExt ID LastModifiedDate NPI Notes Phone
  PhoneExt Practice{AddressLine1|AddressLine2|City|Country|Name|State|ZipCode} SubscriptionEdition TaxID WebSite kFaxNumber`,
);
const ServiceLocationData = shape(
  'ServiceLocationData',
  `AddressLine{1|2} BillingName CLIANumber City Country CreatedDate FacilityIDType FaxPhone FaxPhoneExt HCFABox32FacilityID ID
  ModifiedDate NPI Name Phone PhoneExt PlaceOfService PracticeID PracticeName State ZipCode`,
  'kns',
);
const PERSON = `DateOfBirth:dateTime Email FirstName GenderId:long Guid:guid HomePhone LastName MiddleName MobilePhone OtherEmail
  OtherPhone PatientId:long PracticeId:long PreferredEmailType PreferredPhoneType WorkEmail WorkPhone`;
const HEADER = 'RequestHeader:RequestHeader*';
const ANSWER = 'ErrorResponse:ErrorResponse SecurityResponse:SecurityResponse';

const LIST: readonly Shape[] = [
  ...PATIENT_SHAPES,
  ...UPDATE_PATIENT_SHAPES,
  AppointmentData,
  ProviderData,
  PracticeData,
  ServiceLocationData,
  togglesOf(AppointmentData, 'AppointmentFieldsToReturn'),
  togglesOf(ProviderData, 'ProviderFieldsToReturn'),
  togglesOf(PracticeData, 'PracticeFieldsToReturn'),
  togglesOf(ServiceLocationData, 'ServiceLocationFieldsToReturn'),
  shape('RequestHeader', 'ClientVersion CustomerKey Password User'),
  shape('ErrorResponse', 'ErrorMessage IsError:boolean StackTrace'),
  shape(
    'SecurityResponse',
    `Authenticated:boolean Authorized:boolean CustomerId:int CustomerKeyValid:boolean PermissionsMissing:PermissionsMissing
    PracticesAuthorized:PracticiesAuthorized SecurityResult SecurityResultSuccess:boolean`,
  ),
  shape('PermissionsMissing', 'Permission:ArrayOfstring'),
  shape('PracticiesAuthorized', 'PracticeID:ArrayOfint'),
  shape('ArrayOfstring', 'string[]', 'arr'),
  shape('ArrayOfint', 'int:int[]', 'arr'),
  shape('ArrayOflong', 'long:long[]', 'arr'),
  shape(
    'AppointmentFilter',
    `AppointmentReason ConfirmationStatus EndDate {From|To}{CreatedDate|LastModifiedDate} PatientCasePayerScenario
    PatientFullName PatientID PracticeName ResourceName ServiceLocationName StartDate TimeZoneOffsetFromGMT Type`,
  ),
  shape('ArrayOfAppointmentData', 'AppointmentData:AppointmentData[]'),
  shape('GetAppointmentsReq', `${HEADER} | Fields:AppointmentFieldsToReturn* Filter:AppointmentFilter`),
  shape('GetAppointmentsResp', `${ANSWER} | Appointments:ArrayOfAppointmentData`),
  shape('GetAppointmentReq', `${HEADER} | Appointment:AppointmentRead*`),
  shape('AppointmentRead', 'AppointmentId:long*'),
  shape('GetAppointmentResp', `${ANSWER} | Appointment:AppointmentCreate`),
  shape(
    'AppointmentCreate',
    `AppointmentId:long AppointmentMode:AppointmentMode AppointmentName AppointmentReasonId:long
    AppointmentStatus:AppointmentStatus* AppointmentType:AppointmentType* AppointmentUUID:guid AttendeesCount:int
    CreatedAt:dateTime CreatedBy:long CustomerId:long EndTime:dateTime*! ForRecare:boolean InsurancePolicyAuthorizationId:long?
    IsDeleted:boolean IsGroupAppointment:boolean IsRecurring:boolean* MaxAttendees:int Notes OccurrenceId:long?
    PatientCaseId:long? PatientSummaries:ArrayOfGroupPatientSummary PatientSummary:PatientSummary PracticeId:long*
    ProviderId:long RecurrenceRule:RecurrenceRule ResourceId:long ResourceIds:ArrayOflong ServiceLocationId:long*
    StartTime:dateTime*! UpdatedAt:dateTime UpdatedBy:long WasCreatedOnline:boolean`,
  ),
  shape('ArrayOfGroupPatientSummary', 'GroupPatientSummary:GroupPatientSummary[]'),
  shape('GroupPatientSummary', `${PERSON} | Status:AttendeeStatus`),
  shape('PatientSummary', PERSON),
  shape(
    'RecurrenceRule',
    `AppointmentId:long DayInterval:int? DayOfMonth:int? DayOfWeek:ArrayOfDayOfWeek DayOfWeekFlags:int?
    DayOfWeekMonthlyOrdinal:ArrayOfOrdinal DayOfWeekMonthlyOrdinalFlags:int? EndDate:dateTime MonthInterval:int?
    MonthOfYear:int? NumOccurrences:int? NumberOfTimes:int? RecurrenceRuleId:long StartDate:dateTime TypeOfDay:TypeOfDay?
    TypeOfDayMonthlyOrdinal:ArrayOfOrdinal TypeOfDayMonthlyOrdinalFlags:int?`,
  ),
  shape('ArrayOfDayOfWeek', 'DayOfWeek:DayOfWeek[]', 'sys'),
  shape('ArrayOfOrdinal', 'Ordinal:Ordinal[]'),
  shape('UpdateAppointmentReq', `${HEADER} | Appointment:AppointmentUpdate*`),
  shape('UpdateAppointmentResp', `${ANSWER} | Appointment:AppointmentCreate`),
  shape(
    'AppointmentUpdate',
    `AppointmentId:long* AppointmentMode:AppointmentMode AppointmentName AppointmentReasonId:long
    AppointmentStatus:AppointmentStatus EndTime:dateTime InsurancePolicyAuthorizationId:long? IsRecurring:boolean
    MaxAttendees:int Notes OccurrenceId:long? PatientCaseId:long? PatientId:long* ProviderId:long ResourceId:long
    ResourceIds:ArrayOflong ServiceLocationId:long* StartTime:dateTime UpdatedAt:dateTime UpdatedBy:long`,
  ),
  shape('CreateAppointmentReq', `${HEADER} | Appointment:AppointmentCreate*`),
  shape('CreateAppointmentResp', `${ANSWER} | Appointment:AppointmentCreate`),
  shape('DeleteAppointmentReq', `${HEADER} | Appointment:AppointmentDelete*`),
  shape('AppointmentDelete', 'AppointmentId:long*'),
  shape('DeleteAppointmentResp', `${ANSWER} | AppointmentId:long Deleted:boolean`),
  shape('GetPatientReq', `${HEADER} | Filter:SinglePatientFilter`),
  shape('GetPatientResp', `${ANSWER} | Patient:PatientData`),
  shape('GetPatientsReq', `${HEADER} | Fields:PatientFieldsToReturn* Filter:PatientFilter`),
  shape('GetPatientsResp', `${ANSWER} | Patients:ArrayOfPatientData`),
  shape('GetAllPatientsReq', `${HEADER} | Fields:PatientBatchFieldsToReturn* Filter:PatientBatchGetFilter*`),
  shape('GetAllPatientsResp', `${ANSWER} | Key:PatientBatchKey Patients:ArrayOfPatientBatchData`),
  shape('GetProvidersReq', `${HEADER} | Fields:ProviderFieldsToReturn* Filter:ProviderFilter`),
  shape(
    'ProviderFilter',
    'DepartmentName {From|To}{CreatedDate|LastModifiedDate} FullName PracticeID PracticeName Type',
  ),
  shape('GetProvidersResp', `${ANSWER} | Providers:ArrayOfProviderData`),
  shape('ArrayOfProviderData', 'ProviderData:ProviderData[]'),
  shape('GetPracticesReq', `${HEADER} | Fields:PracticeFieldsToReturn* Filter:PracticeFilter`),
  shape('PracticeFilter', 'Active {From|To}{CreatedDate|LastModifiedDate} ID NPI PracticeName TaxID'),
  shape('GetPracticesResp', `${ANSWER} | Practices:ArrayOfPracticeData`),
  shape('ArrayOfPracticeData', 'PracticeData:PracticeData[]'),
  shape(
    'GetServiceLocationsReq',
    `${HEADER} | Fields:ServiceLocationFieldsToReturn@kns* Filter:ServiceLocationFilter@kns`,
  ),
  shape('ServiceLocationFilter', '{From|To}{CreatedDate|LastModifiedDate} ID PracticeID PracticeName', 'kns'),
  shape('GetServiceLocationsResp', `${ANSWER} | ServiceLocations:ArrayOfServiceLocationData@kns`),
  shape('ArrayOfServiceLocationData', 'ServiceLocationData:ServiceLocationData[]', 'kns'),
  shape('GetThrottlesReq', HEADER),
  shape('GetThrottlesResp', `${ANSWER} | ThrottleDetails:ArrayOfThrottleDetail`),
  shape('ArrayOfThrottleDetail', 'ThrottleDetail:ThrottleDetail[]'),
  shape('ThrottleDetail', 'Endpoint ThrottleTimeMs:double'),
  shape('GetCustomerIdFromKeyRequest', 'CustomerKey Password User'),
  shape('GetCustomerIdFromKeyResp', 'CustomerId:int IsAuthorized:boolean'),
];

/** Seen in the live service, in no published contract. */
const UNPUBLISHED: ReadonlyMap<string, Shape> = new Map(
  [
    shape('UpdateAppointmentStatusReq', `${HEADER} | Appointment:AppointmentStatusUpdate*`),
    shape('AppointmentStatusUpdate', 'AppointmentId:long* AppointmentStatus:AppointmentStatus*'),
  ].map((entry) => [entry.name, entry]),
);

/** Every published data contract that the simulator reads or writes, by name. */
export const SHAPES: ReadonlyMap<string, Shape> = new Map(LIST.map((entry) => [entry.name, entry]));

/** The shape of a name; throws for a name no table holds. */
export function shapeOf(name: string): Shape {
  const found = SHAPES.get(name) ?? UNPUBLISHED.get(name);
  if (!found) throw new Error(`no shape named ${name}`);
  return found;
}
