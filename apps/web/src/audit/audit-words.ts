import type {
  AuditEvent,
  AuditReportName,
  AuditReviewOutcome,
  AuditSubtype,
  OpenedRow,
  RevealReasonCode,
} from '@workflow-bolt/contracts';

export const reportLabel: Record<AuditReportName, string> = {
  activity: 'Everything',
  'privilege-changes': 'Changes of accounts and rights',
  'emergency-access': 'Emergency accesses',
  'failed-sign-ins': 'Failed sign-ins',
  denials: 'Refused requests',
  disclosures: 'Printed, downloaded, exported, revealed',
  'identity-reveals': 'Revealed identities',
};

/** Words where the code of an entry says too little; the others are said as they stand. */
const subtypeLabel: Partial<Record<AuditSubtype, string>> = {
  read: 'Read',
  vread: 'Opened a record',
  search: 'Searched',
  create: 'Created',
  update: 'Changed',
  delete: 'Deleted',
  print: 'Printed',
  export: 'Took away a file',
  reveal: 'Revealed an identity',
  login: 'Signed in',
  logout: 'Signed out',
  switch: 'Unlocked',
  lock: 'Locked',
  mfa: 'Sign-in factor',
  stepup: 'Proved again',
  breakglass: 'Emergency access',
  deny: 'Was refused',
  privilege: 'Rights',
  account: 'Account',
};

/** What was done, in a few words; `cmd` names the command of a board. */
export function whatText({ sub, cmd, out, why }: Pick<AuditEvent, 'sub' | 'cmd' | 'out' | 'why'>): string {
  const said = cmd ?? subtypeLabel[sub] ?? sub;
  return `${said}${out === 0 ? '' : ': refused'}${why === undefined ? '' : ` (${why})`}`;
}

export const openedHowLabel: Record<OpenedRow['how'], string> = {
  board: 'Saw the board',
  record: 'Opened the record',
  change: 'Changed it',
  refused: 'Was refused',
};

export const revealReasonLabel: Record<RevealReasonCode, string> = {
  'patient-request': 'The patient asks',
  'privacy-incident': 'A privacy incident',
  complaint: 'A complaint',
  'lawful-order': 'An order of a court or authority',
  other: 'Another reason',
};

export const reviewOutcomeLabel: Record<AuditReviewOutcome, string> = {
  clear: 'Nothing unusual',
  'followed-up': 'Followed up',
};
