/**
 * Answers for tests, written the way the service writes them: prefix `s`, `i:nil`, default namespace per
 * result. All people and places are invented.
 */

const CONTRACT = 'http://www.kareo.com/api/schemas/';
const XSI = 'http://www.w3.org/2001/XMLSchema-instance';

/** An envelope around any body content. */
export function envelope(content: string): string {
  return `<?xml version="1.0" encoding="utf-8"?>\n<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${content}</s:Body></s:Envelope>`;
}

/** One operation's answer around its result's members. */
export function answer(operation: string, members: string): string {
  return envelope(
    `<${operation}Response xmlns="${CONTRACT}"><${operation}Result xmlns:i="${XSI}">${members}</${operation}Result></${operation}Response>`,
  );
}

export const NO_ERROR =
  '<ErrorResponse><ErrorMessage i:nil="true"/><IsError>false</IsError><StackTrace i:nil="true"/></ErrorResponse>';

export function errorMember(message: string, isError: string = 'true'): string {
  return `<ErrorResponse><ErrorMessage>${message}</ErrorMessage><IsError>${isError}</IsError></ErrorResponse>`;
}

export interface SecurityFlags {
  readonly authenticated?: string;
  readonly authorized?: string;
  readonly keyValid?: string;
  readonly permissions?: readonly string[];
  readonly practices?: readonly number[];
  readonly result?: string;
}

export function security(flags: SecurityFlags = {}): string {
  const { authenticated = 'true', authorized = 'true', keyValid = 'true', result = 'Success' } = flags;
  const { permissions = [], practices = [7] } = flags;
  const missing = permissions.map((name) => `<a:string>${name}</a:string>`).join('');
  const allowed = practices.map((id) => `<a:int>${id}</a:int>`).join('');
  return `<SecurityResponse xmlns:a="http://schemas.microsoft.com/2003/10/Serialization/Arrays"><Authenticated>${authenticated}</Authenticated><Authorized>${authorized}</Authorized><CustomerId>31</CustomerId><CustomerKeyValid>${keyValid}</CustomerKeyValid>${
    missing
      ? `<PermissionsMissing><Permission>${missing}</Permission></PermissionsMissing>`
      : '<PermissionsMissing i:nil="true"/>'
  }${
    allowed
      ? `<PracticesAuthorized><PracticeID>${allowed}</PracticeID></PracticesAuthorized>`
      : '<PracticesAuthorized i:nil="true"/>'
  }<SecurityResult>${result}</SecurityResult></SecurityResponse>`;
}

/** A good answer around its data. */
export function goodAnswer(operation: string, data: string): string {
  return answer(operation, `${NO_ERROR}${security()}${data}`);
}

/** Members by name; null renders `i:nil`, undefined leaves the member out. */
export function members(values: Readonly<Record<string, string | null | undefined>>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => (value === null ? `<${name} i:nil="true"/>` : `<${name}>${value}</${name}>`))
    .join('');
}

/** A row as the list call writes it. */
export function appointmentRow(overrides: Readonly<Record<string, string | null | undefined>> = {}): string {
  const values = {
    AllDay: 'False',
    AppointmentDuration: '30',
    AppointmentReason1: 'Check-up',
    ConfirmationStatus: 'Scheduled',
    CreatedDate: '3/2/2026 9:00:00 AM',
    EndDate: '3/9/2026 3:30:00 PM',
    ID: '5001',
    LastModifiedDate: '3/8/2026 9:00:00 AM',
    Notes: '',
    PatientCaseID: '41',
    PatientFullName: 'Rowan Vale',
    PatientID: '601',
    PracticeID: '7',
    PracticeName: 'Fern Street Clinic',
    Recurring: 'False',
    ResourceID1: '81',
    ResourceName1: 'Dana Moor, MD',
    ResourceTypeID1: '1',
    ServiceLocationID: '91',
    ServiceLocationName: 'Fern Street',
    StartDate: '3/9/2026 3:00:00 PM',
    Type: 'P',
    ...overrides,
  };
  return `<AppointmentData>${members(values)}</AppointmentData>`;
}

export function scheduleAnswer(rows: string): string {
  return goodAnswer('GetAppointments', `<Appointments>${rows}</Appointments>`);
}

export function fault(code: string, text: string): string {
  return envelope(
    `<s:Fault><faultcode xmlns:a="urn:x">a:${code}</faultcode><faultstring>${text}</faultstring></s:Fault>`,
  );
}
