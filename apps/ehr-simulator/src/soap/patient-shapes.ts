import { type Shape, shape, togglesOf } from './shape.ts';

const INSURANCE =
  'CompanyID|CompanyName|Copay|Deductible|EffectiveEndDate|EffectiveStartDate|GroupNumber|InsuredAddressLine{1|2}|InsuredCity|' +
  'InsuredCountry|InsuredDateOfBirth|InsuredFullName|InsuredGender|InsuredIDNumber|InsuredNotes|InsuredSocialSecurityNumber|' +
  'InsuredState|InsuredZipCode|Number|PatientRelationshipToInsured|PlanAddressLine{1|2}|PlanAdjusterFullName|PlanCity|' +
  'PlanCountry|PlanFaxNumber|PlanFaxNumberExt|PlanID|PlanName|PlanPhoneNumber|PlanPhoneNumberExt|PlanState|PlanZipCode';
const insurance = (prefix: string) =>
  splitTop(INSURANCE)
    .map((name) => `${prefix}InsurancePolicy${name}`)
    .join(' ');

const CONDITIONS =
  'ConditionRelatedTo{Abuse|AutoAccident|AutoAccidentState|EPSDT|Emergency|Employment|FamilyPlanning|Other|Pregnancy}';
const CASE_DATES =
  'Dates{AccidentDate|AcuteManifestationDate|LastMenstrualPeriodDate|LastSeenDate|LastXRayDate|ReferralDate}';
const CASE_SPANS =
  'Dates{Injury|RelatedDisability|RelatedHospitalization|SameOrSimilarIllness|UnableToWork}{End|Start}Date';
const CASE = [CONDITIONS, CASE_DATES, CASE_SPANS];

const COMMON = `
  AddressLine{1|2} Age AlertMessage
  AlertShowWhen{DisplayingPatientDetails|EnteringEncounters|PostingPayments|PreparingPatientStatements}
  AlertShowWhen{SchedulingAppointments|ViewingClaimDetails} City CollectionCategoryName Country CreatedDate DOB
  ${CASE.map((name) => `DefaultCase${name}`).join(' ')}
  DefaultCase{Description|ID|Name|PayerScenario|ReferringProviderFullName|ReferringProviderID|SendPatientStatements}
  DefaultRenderingProvider{FullName|Id} DefaultServiceLocation{BillingName|FaxPhone|FaxPhoneExt|Id|Name|Phone|PhoneExt}
  DefaultServiceLocationName{AddressLine1|AddressLine2|City|Country|State|ZipCode}
  EmailAddress EmergencyName EmergencyPhone EmergencyPhoneExt EmployerName EmploymentStatus FirstName Gender
  GuarantorDifferentThanPatient Guarantor{FirstName|LastName|MiddleName|Prefix|Suffix} HomePhone HomePhoneExt ID
  LastAppointmentDate LastDiagnosis LastEncounterDate LastModifiedDate LastName MaritalStatus MedicalRecordNumber MiddleName
  MobilePhone MobilePhoneExt MostRecentNote{1..4}{Date|Message|User} PatientFullName PracticeId PracticeName Prefix
  PrimaryCarePhysician{FullName|Id} ${insurance('Primary')} ${insurance('Secondary')} ReferralSource
  ReferringProvider{FullName|Id} SSN State StatementNote Suffix WorkPhone WorkPhoneExt ZipCode`;
const BALANCES = `Adjustments Charges InsuranceBalance InsurancePayments LastPaymentDate LastStatementDate PatientBalance
  PatientPayments TotalBalance`;
const AUTHORIZATIONS = `Authorization{1..3}{ContactFullName|ContactPhone|ContactPhoneExt|EndDate|InsurancePlanName|Notes}
  Authorization{1..3}{Number|NumberOfVisits|NumberOfVisitsUsed|StartDate}`;

const PatientData = shape('PatientData', `${COMMON} ${BALANCES} Cases:ArrayOfPatientCaseData`);
const PatientBatchData = shape('PatientBatchData', `${COMMON} ${AUTHORIZATIONS}`);

/** Everything about patients: single, filtered list, and paged batch. */
export const PATIENT_SHAPES: readonly Shape[] = [
  PatientData,
  PatientBatchData,
  shape('PatientFieldsToReturn', toggles(`${COMMON} ${BALANCES} ${AUTHORIZATIONS}`)),
  togglesOf(PatientBatchData, 'PatientBatchFieldsToReturn'),
  shape('ArrayOfPatientData', 'PatientData:PatientData[]'),
  shape('ArrayOfPatientBatchData', 'PatientBatchData:PatientBatchData[]'),
  shape('ArrayOfPatientCaseData', 'PatientCaseData:PatientCaseData[]'),
  shape(
    'PatientCaseData',
    `${CASE.join(' ')} Description InsurancePolicies:ArrayOfPatientInsurancePolicyData IsPrimaryCase:boolean Name
    PatientCaseID PayerScenario ReferringProviderFullName ReferringProviderID SendPatientStatements`,
  ),
  shape('ArrayOfPatientInsurancePolicyData', 'PatientInsurancePolicyData:PatientInsurancePolicyData[]'),
  shape(
    'PatientInsurancePolicyData',
    `Authorizations:ArrayOfPatientInsurancePolicyAuthorizationData InsurancePolicyID PatientCaseID SyncWithEHR:boolean
    ${splitTop(INSURANCE).join(' ')}`,
  ),
  shape(
    'ArrayOfPatientInsurancePolicyAuthorizationData',
    'PatientInsurancePolicyAuthorizationData:PatientInsurancePolicyAuthorizationData[]',
  ),
  shape(
    'PatientInsurancePolicyAuthorizationData',
    `AuthorizationNumber AuthorizedNumberOfVisits AuthorizedNumberOfVisitsUsed ContactFullName ContactPhone ContactPhoneExt
    EndDate InsurancePolicyID Notes StartDate`,
  ),
  shape('SinglePatientFilter', 'ExternalID ExternalVendorID:int? PatientID:int?'),
  shape(
    'PatientFilter',
    `CollectionCategoryName DefaultCasePayerScenario DefaultRenderingProviderFullName DefaultServiceLocationName FirstName
    {From|To}{CreatedDate|DateOfBirth|LastEncounterDate|LastModifiedDate} FullName Gender LastName MiddleName PracticeID
    PracticeName PrimaryCarePhysicianFullName {Primary|Secondary}InsurancePolicy{CompanyName|PlanName} ReferralSource
    ReferringProviderFullName SSN`,
  ),
  shape('PatientBatchGetFilter', 'BatchSize:int? PracticeID:int? StartKey:int?'),
  shape('PatientBatchKey', 'nextStartKey:int?'),
];

function toggles(text: string): string {
  return text
    .trim()
    .split(/\s+/)
    .map((word) => `${word}:boolean`)
    .join(' ');
}

/** Splits at the bars that lie outside braces. */
function splitTop(text: string): string[] {
  return text.split(/\|(?![^{]*\})/);
}
