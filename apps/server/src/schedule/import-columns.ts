export const importFields = [
  'id',
  'date',
  'time',
  'appointmentTime',
  'status',
  'name',
  'dob',
  'type',
  'reason',
  'provider',
  'phone',
  'duration',
] as const;
export type ImportField = (typeof importFields)[number];

/** The predecessor's order, for text without a header. */
export const positionalColumns: readonly ImportField[] = [
  'date',
  'time',
  'status',
  'name',
  'dob',
  'type',
  'reason',
  'provider',
  'phone',
];

/** Words that head a column, letters only, in lower case. */
const headings: Record<string, ImportField> = {
  id: 'id',
  appointmentid: 'id',
  date: 'date',
  appointmentdate: 'date',
  time: 'time',
  appointmenttime: 'time',
  starttime: 'time',
  start: 'time',
  status: 'status',
  confirmationstatus: 'status',
  name: 'name',
  patient: 'name',
  patientname: 'name',
  fullname: 'name',
  dob: 'dob',
  dateofbirth: 'dob',
  birthdate: 'dob',
  type: 'type',
  visittype: 'type',
  appointmenttype: 'type',
  reason: 'reason',
  complaint: 'reason',
  chiefcomplaint: 'reason',
  notes: 'reason',
  provider: 'provider',
  doctor: 'provider',
  resource: 'provider',
  phone: 'phone',
  mobile: 'phone',
  telephone: 'phone',
  duration: 'duration',
  durationmin: 'duration',
  minutes: 'duration',
};

/** The columns that a header names; null when the line is no header. Columns of other names are passed over. */
export function columnsOf(cells: readonly string[]): (ImportField | null)[] | null {
  const columns = cells.map((cell) => headings[cell.toLowerCase().replace(/[^a-z]/g, '')] ?? null);
  const isHeader = columns.includes('name') && (columns.includes('time') || columns.includes('date'));
  return isHeader ? columns : null;
}
