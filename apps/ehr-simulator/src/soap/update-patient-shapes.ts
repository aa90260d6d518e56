import { type Shape, shape } from './shape.ts';

const ADDRESS = 'AddressLine{1|2} City Country State ZipCode';
const spans = (names: string, end = 'End', start = 'Start') => `{${names}}{${end}|${start}}Date:dateTime`;

/** UpdatePatient and what it is made of; its parameter is the only one that is not called `request`. */
export const UPDATE_PATIENT_SHAPES: readonly Shape[] = [
  shape('UpdatePatientReq', 'RequestHeader:RequestHeader* | Patient:PatientUpdate*'),
  shape(
    'PatientUpdate',
    `${ADDRESS} Alert:PatientAlertReq Cases:ArrayOfPatientCaseUpdateReq CollectionCategoryName DateofBirth:dateTime?
    DefaultRenderingProvider:ProviderIdentifierReq DefaultServiceLocation:ServiceLocationReq EmailAddress EmergencyName
    EmergencyPhone EmergencyPhoneExt Employer:PatientEmployerReq ExternalVendorID:int? FirstName Gender:GenderCode
    Guarantor:PatientGuarantorReq HomePhone HomePhoneExt LastName MaritalStatus MedicalRecordNumber MiddleName MobilePhone
    MobilePhoneExt Note PatientExternalID PatientID:int? Practice:PracticeIdentifierReq* Prefix
    PrimaryCarePhysician:PhysicianIdentifierReq ReferralSource ReferringProvider:ProviderIdentifierReq SocialSecurityNumber
    Suffix WorkPhone WorkPhoneExt`,
  ),
  shape(
    'PatientAlertReq',
    `Message ShowWhen{DisplayingPatientDetails|EnteringEncounters|PostingPayments|PreparingPatientStatements}:boolean?
    ShowWhen{SchedulingAppointments|ViewingClaimDetails}:boolean?`,
  ),
  shape('ArrayOfPatientCaseUpdateReq', 'PatientCaseUpdateReq:PatientCaseUpdateReq[]'),
  shape(
    'PatientCaseUpdateReq',
    `Active:boolean? Authorizations:ArrayOfInsurancePolicyAuthorizationUpdateReq CaseDescription CaseID:int? CaseName
    Condition:PatientCaseConditionReq Dates:PatientCaseDatesReq ExternalID PayerScenario Policies:ArrayOfInsurancePolicyUpdateReq
    ReferringProvider{ExternalID|FullName} ReferringProviderID:int? SendPatientStatements:boolean?`,
  ),
  shape(
    'ArrayOfInsurancePolicyAuthorizationUpdateReq',
    'InsurancePolicyAuthorizationUpdateReq:InsurancePolicyAuthorizationUpdateReq[]',
  ),
  shape(
    'InsurancePolicyAuthorizationUpdateReq',
    `AuthorizationID:int? ContactFullName ContactPhone ContactPhoneExt {End|Start}Date:dateTime? InsurancePlanID:int?
    InsurancePlanName InsurancePolicyID:int? Notes Number NumberOfVisits:int?`,
  ),
  shape(
    'PatientCaseConditionReq',
    `EPSDTReason:EPSDTReasonCode RelatedToAutoAccidentState
    RelatedTo{Abuse|AutoAccident|EPSDT|Emergency|Employment|FamilyPlanning|Other|Pregnancy}:boolean?`,
  ),
  shape(
    'PatientCaseDatesReq',
    `{Accident|AcuteManifestation|LastMenstrualPeriod|LastSeen|LastXRay|Referral}Date:dateTime?
    ${spans('Injury|RelatedDisability|RelatedHospitalization|SameorSimilarIllness|UnabletoWork')}?`,
  ),
  shape('ArrayOfInsurancePolicyUpdateReq', 'InsurancePolicyUpdateReq:InsurancePolicyUpdateReq[]'),
  shape(
    'InsurancePolicyUpdateReq',
    `Active:boolean? Adjuster:InsurancePolicyAdjusterReq CompanyID:int? CompanyName Copay Deductible
    Effective{End|Start}Date:dateTime? ExternalID InsurancePolicyID:int? Insured:InsurancePolicyInsuredReq
    Plan{AddressLine1|AddressLine2|City|Country|Name|State|ZipCode} PlanID:int? PolicyGroupNumber PolicyNotes PolicyNumber
    Precedence:int?`,
  ),
  shape(
    'InsurancePolicyAdjusterReq',
    'FaxNumber FaxNumberExt FirstName LastName MiddleName PhoneNumber PhoneNumberExt Prefix Suffix',
  ),
  shape(
    'InsurancePolicyInsuredReq',
    `${ADDRESS} DateofBirth:dateTime? Employer FirstName Gender:GenderCode IDNumber LastName MiddleName
    PatientRelationshipToInsured:Relationship PolicyThroughEmployer:boolean Prefix SocialSecurityNumber Suffix`,
  ),
  shape('ProviderIdentifierReq', 'ExternalID FullName ProviderID:int?'),
  shape('PhysicianIdentifierReq', 'ExternalID FullName PhysicianID:int?'),
  shape('PracticeIdentifierReq', 'ExternalID PracticeID:int? PracticeName'),
  shape(
    'ServiceLocationReq',
    `${ADDRESS} BillingName CLIANumber FacilityID FacilityIDType FaxPhone FaxPhoneExt LocationID:int? LocationName NPI POS
    Phone PhoneExt`,
  ),
  shape(
    'PatientEmployerReq',
    `${ADDRESS} EmployerID:int? EmployerName | EmploymentStatus:EmploymentStatusCode`,
  ),
  shape(
    'PatientGuarantorReq',
    `${ADDRESS} DifferentThanPatient:boolean? FirstName LastName MiddleName Prefix RelationshiptoGuarantor:Relationship Suffix`,
  ),
  shape(
    'ModifyPatientResp',
    `ErrorResponse:ErrorResponse SecurityResponse:SecurityResponse | Cases:ArrayOfPatientCaseRes
    {DefaultServiceLocation|Employer|ExternalVendor|Patient|Practice}ID:int? PatientExternalID PracticeExternalID PracticeName`,
  ),
  shape('ArrayOfPatientCaseRes', 'PatientCaseRes:PatientCaseRes[]'),
  shape(
    'PatientCaseRes',
    'Authorizations:ArrayOfInsurancePolicyAuthorizationRes CaseExternalID CaseID:int? Policies:ArrayOfInsurancePolicyRes',
  ),
  shape(
    'ArrayOfInsurancePolicyAuthorizationRes',
    'InsurancePolicyAuthorizationRes:InsurancePolicyAuthorizationRes[]',
  ),
  shape('InsurancePolicyAuthorizationRes', 'AuthorizationID:int? InsurancePolicyID:int?'),
  shape('ArrayOfInsurancePolicyRes', 'InsurancePolicyRes:InsurancePolicyRes[]'),
  shape(
    'InsurancePolicyRes',
    'InsurancePolicy{Company|Plan}ID:int? InsurancePolicyExternalID InsurancePolicyID:int?',
  ),
];
