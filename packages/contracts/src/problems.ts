/**
 * The one table of everything that can go wrong on the wire. Branch on `code`, never on a sentence.
 * Errors travel as RFC 9457 problem documents (`application/problem+json`); refusals by a clinical rule
 * are values with the same codes.
 */
import { z } from 'zod';

export type ProblemKind = 'refusal' | 'fault' | 'request' | 'access';
type Row = {
  status: 400 | 401 | 403 | 404 | 405 | 406 | 409 | 410 | 413 | 415 | 422 | 429 | 500 | 503;
  kind: ProblemKind;
  /** May the same request succeed later without a change? */
  retryable: boolean;
  log: 'debug' | 'info' | 'warn' | 'error';
  /** What a person can do about it. */
  title: string;
};

const row = (status: Row['status'], kind: ProblemKind, title: string, more: Partial<Row> = {}): Row => ({
  status,
  kind,
  title,
  retryable: kind === 'fault',
  log: kind === 'fault' ? 'error' : 'info',
  ...more,
});

export const problems = {
  // Requests that cannot be understood.
  malformed_json: row(400, 'request', 'The body is not valid JSON. Send one JSON document in UTF-8.'),
  json_too_deep: row(400, 'request', 'The JSON is nested too deeply. Send at most 20 levels.'),
  invalid_request: row(
    400,
    'request',
    'A field is missing, unknown or has a wrong value; `errors` names each one.',
  ),
  unsupported_version: row(
    400,
    'request',
    'This server speaks another version of the protocol. Reload the page or update the client.',
  ),
  search_too_wide: row(
    422,
    'request',
    'This could be many people. Say more of the patient; `needed` says what.',
  ),
  import_invalid: row(
    400,
    'request',
    'The import has lines that cannot be read; `errors` names each line. Nothing was imported.',
  ),
  body_too_large: row(413, 'request', 'The body is too large. Send fewer commands, or a smaller import.'),
  unsupported_media_type: row(
    415,
    'request',
    'Send application/json (or text/tab-separated-values for an import).',
  ),
  not_acceptable: row(406, 'request', 'This route answers in a form that the Accept header excludes.'),
  method_not_allowed: row(405, 'request', 'This address does not support the method.'),
  route_not_found: row(404, 'request', 'There is nothing at this address.'),
  // Who is asking.
  not_authenticated: row(401, 'access', 'Sign in first; the session is missing or has ended.'),
  ambiguous_credentials: row(
    400,
    'access',
    'Send either the session cookie or an Authorization header, not both.',
  ),
  csrf_token_invalid: row(
    403,
    'access',
    'The page must send the X-Bolt-CSRF header that its session was given. Ask for the session again.',
    { log: 'warn' },
  ),
  session_not_found: row(404, 'access', 'You have no such session; it may have ended.'),
  token_not_found: row(404, 'access', 'You have no such API token; it may have been revoked.'),
  token_limit: row(409, 'access', 'You have 20 API tokens. Revoke one that is not used any more.'),
  workstation_not_found: row(404, 'access', 'There is no such workstation, or it was removed.'),
  workstation_not_proved: row(
    401,
    'access',
    'This computer could not prove that it is the enrolled workstation. Ask for a new challenge, or enrol it again.',
  ),
  pin_required: row(409, 'access', 'Choose a PIN first; it is only for taking up a locked session again.'),
  pin_too_simple: row(
    422,
    'access',
    'Choose other digits: no sequence, no repetition, nothing that reads as a date.',
  ),
  unlock_failed: row(
    401,
    'access',
    'That did not unlock the session. After five wrong PINs it ends and you sign in anew.',
  ),
  permission_denied: row(403, 'access', 'Your role may not do this; `required` names the roles that may.'),
  step_up_required: row(
    403,
    'access',
    'Show that it is you once more (password, code or passkey); `purpose` says for what. Then ask again.',
  ),
  break_glass_not_found: row(404, 'access', 'There is no such emergency access, or it is over.'),
  already_reviewed: row(409, 'access', 'Somebody has judged this already; the first judgement stands.'),
  display_not_found: row(404, 'access', 'This clinic has no such wall display; it may have been removed.'),
  cross_site_request: row(403, 'access', 'A write must come from the page of this server itself.'),
  board_not_found: row(404, 'access', 'This clinic has no board on that day.'),
  visit_not_found: row(404, 'access', 'There is no such visit on this board.'),
  job_not_found: row(404, 'access', 'There is no such job, or it is too old.'),
  history_trimmed: row(410, 'access', 'The log of that moment has been archived and is no longer held here.'),
  sign_in_failed: row(401, 'access', 'The login name or the password is wrong.'),
  code_refused: row(401, 'access', 'This code is wrong, or was used before. Wait for the next one.'),
  sign_in_ended: row(401, 'access', 'This sign-in took too long or had too many tries. Begin again.'),
  enrolment_refused: row(401, 'access', 'This enrolment code is not valid, or no longer. Ask for a new one.'),
  account_not_found: row(404, 'access', 'There is no such account.'),
  login_taken: row(409, 'access', 'Another account has this login name.'),
  account_changed: row(409, 'access', 'Someone else changed this account first; `current` shows it.'),
  login_unusable: row(
    422,
    'access',
    'Use a login name of 2 to 64 letters, digits and . _ @ + - in one script, without spaces.',
  ),
  password_refused: row(
    422,
    'access',
    'Choose another password; `reasons` says why (too_short, too_long, common, pattern, context).',
  ),
  roles_refused: row(422, 'access', 'These roles cannot be held together by this account; `rule` says why.'),
  administration_refused: row(403, 'access', 'You may not change this account that way; `rule` says why.'),
  reset_refused: row(
    403,
    'access',
    'A reset takes two: the person asks for it and reads you the number. This number is wrong or too old.',
  ),
  export_cooling_down: row(
    403,
    'access',
    'This account was reset less than a day ago; it exports nothing before `notBefore`.',
  ),
  last_factor: row(
    409,
    'access',
    'This account would be left without a second factor. Add another one first.',
  ),
  passkey_refused: row(403, 'access', 'This passkey was not accepted. Try again, or use another way.'),
  passkey_suspended: row(
    403,
    'access',
    'This passkey was suspended because it may have been copied. Use another way and register a new one.',
  ),
  passkey_taken: row(409, 'access', 'This passkey is registered already.'),
  passkeys_full: row(409, 'access', 'An account holds at most twelve passkeys. Remove one first.'),
  passkeys_unavailable: row(
    404,
    'access',
    'This server has no public address that passkeys could be bound to. Use another way.',
  ),
  identity_refused: row(
    403,
    'access',
    "The identity provider's answer could not be accepted. Begin again from the sign-in page.",
  ),
  identity_unknown: row(
    403,
    'access',
    'This identity belongs to no account here. Sign in another way once, and link it in your account.',
  ),
  identity_taken: row(409, 'access', 'This identity is linked to an account already.'),
  board_archived: row(410, 'access', 'The day is in the archive: it can be read, and changes no more.'),
  board_purged: row(410, 'access', 'The day was deleted when its time had passed; only its counts are kept.'),
  audit_span_too_long: row(422, 'request', 'Ask for a shorter time: `daysMax` names the longest.'),
  audit_too_many_rows: row(
    422,
    'request',
    'More rows than one export holds; ask for a shorter time or one person.',
  ),
  audit_review_not_open: row(
    409,
    'refusal',
    'This week has been reviewed already, or there is no review of it.',
  ),
  access_review_not_open: row(
    409,
    'refusal',
    'This review of access has been made already, or there is none.',
  ),
  access_changed: row(409, 'refusal', 'Accounts have changed since you looked at them. Look again.'),
  audit_not_sealed: row(
    404,
    'access',
    'Nothing of this record has been sealed yet. Entries follow within a minute.',
  ),
  // Concurrency and idempotency.
  version_conflict: row(
    409,
    'refusal',
    'Someone else changed this first; `current` shows the present state.',
  ),
  idempotency_mismatch: row(
    409,
    'refusal',
    'This (clientId, n) was already used for a different command. Use the next n.',
  ),
  sequence_gap: row(
    409,
    'refusal',
    'An earlier command of this client has not arrived; `expectedN` says which one comes next.',
  ),
  outcome_expired: row(
    409,
    'refusal',
    'This command was processed so long ago that its outcome is no longer kept. Read the board.',
  ),
  already_exists: row(409, 'refusal', 'A visit with this id already exists on the board.'),
  // Rules of the clinic.
  move_not_allowed: row(
    422,
    'refusal',
    'A visit cannot go from its present status to that one; `allowed` lists where it can go.',
  ),
  not_todays_board: row(422, 'refusal', "Arrivals are only possible on the clinic's present local day."),
  board_closed: row(422, 'refusal', 'The day is closed; only a manager can reopen it.'),
  day_closing: row(
    422,
    'refusal',
    'The day is being closed and takes no new visit; take the closing back first.',
  ),
  day_not_closing: row(422, 'refusal', 'Begin to close the day first, then settle who is still open.'),
  visits_open: row(422, 'refusal', 'Visits are still open; `open` lists each with what it waits for.'),
  record_state: row(409, 'refusal', 'It is not in a state where this makes sense; `state` says which.'),
  access_suspended: row(
    403,
    'access',
    'Access from here is suspended. Ask the security officer of your clinic.',
    { log: 'warn' },
  ),
  record_not_found: row(404, 'access', 'There is no such entry.'),
  job_not_failed: row(409, 'refusal', 'Only a job that failed can be tried again.'),
  second_person_required: row(
    422,
    'refusal',
    'A second person must do this: who asks does not also approve.',
  ),
  purge_too_early: row(
    422,
    'refusal',
    'This must be kept longer: `floorDays` is the least age at which it may be deleted.',
  ),
  legal_hold: row(422, 'refusal', 'A legal hold forbids to delete this; `holds` lists which.'),
  reopen_too_late: row(422, 'refusal', 'A closed day can be reopened for a week; `lastDate` has passed.'),
  reason_required: row(422, 'refusal', 'Give a reason.'),
  provider_required: row(422, 'refusal', 'Assign a provider first.'),
  room_required: row(422, 'refusal', 'This clinic asks for a room at this step. Choose a free one.'),
  room_not_found: row(422, 'refusal', 'There is no such room on this board.'),
  room_occupied: row(
    422,
    'refusal',
    'The room is taken; `occupants` says by whom and `free` lists free rooms.',
  ),
  room_not_ready: row(
    422,
    'refusal',
    'The room needs cleaning or is out of service; `free` lists free rooms.',
  ),
  room_reserved: row(422, 'refusal', 'The room is reserved for another visit; `reservedFor` says for whom.'),
  room_not_in_that_state: row(422, 'refusal', 'The room is not in a state where this makes sense.'),
  visit_not_in_office: row(422, 'refusal', 'The patient is not in the clinic, so this does not apply.'),
  visit_closed: row(422, 'refusal', 'The visit has ended; reopen it or check the patient in again first.'),
  undo_nothing: row(422, 'refusal', 'There is nothing to undo on this visit.'),
  undo_superseded: row(
    422,
    'refusal',
    'Something else happened on this visit since; correct it instead, or ask a manager.',
  ),
  undo_too_late: row(
    422,
    'refusal',
    'Only the person who did it can undo, within 5 minutes; a manager can all day.',
  ),
  time_in_future: row(422, 'refusal', 'The time lies in the future.'),
  time_out_of_order: row(
    422,
    'refusal',
    'The time must lie between the milestones before and after it; `notBefore` and `notAfter` say which.',
  ),
  milestone_not_set: row(422, 'refusal', 'This step has not happened yet, so its time cannot be corrected.'),
  grace_not_passed: row(422, 'refusal', 'It is too early to call this a no-show; `notBefore` says when.'),
  confirm_departure: row(
    422,
    'refusal',
    'The patient is in the clinic. If they left, use left; otherwise give by and reason.',
  ),
  unknown_provider: row(422, 'refusal', 'There is no such provider on this board.'),
  unknown_visit_type: row(422, 'refusal', 'There is no such visit type on this board.'),
  already_stepped_out: row(422, 'refusal', 'The patient is already marked as stepped out.'),
  not_stepped_out: row(422, 'refusal', 'The patient is not marked as stepped out.'),
  no_conflict: row(422, 'refusal', 'There is no open conflict with the EHR on this visit.'),
  no_failed_write: row(422, 'refusal', 'Nothing of this visit was given up: there is nothing to try again.'),
  nothing_to_change: row(422, 'refusal', 'This is already so.', { log: 'debug' }),
  // Faults of a part we depend on.
  too_many_requests: row(429, 'fault', 'Too many requests. Wait as long as Retry-After says.', {
    log: 'info',
  }),
  sign_in_busy: row(503, 'fault', 'Too many people sign in at this moment. Try again in a few seconds.', {
    log: 'warn',
  }),
  store_unavailable: row(
    503,
    'fault',
    'The store cannot be reached; nothing was changed. The page keeps your step and sends it again.',
  ),
  outcome_unknown: row(
    503,
    'fault',
    'The store did not answer in time; send the same command again with the same clientId and n.',
  ),
  deadline_exceeded: row(
    503,
    'fault',
    'The command arrived too late and was not carried out. Send it again.',
    { log: 'warn' },
  ),
  draining: row(503, 'fault', 'This server is shutting down. Connect again.', { log: 'info' }),
  overloaded: row(503, 'fault', 'The server has as many streams as it can carry. Try again shortly.', {
    log: 'warn',
  }),
  upgrade_required: row(503, 'fault', 'This board is written by a newer version. Update this server.'),
  ehr_unavailable: row(503, 'fault', 'The EHR cannot be reached; the board goes on without it.', {
    log: 'warn',
  }),
  keys_unavailable: row(
    503,
    'fault',
    'The keys cannot be reached; nothing was read or changed. Try again shortly.',
  ),
  phi_unreadable: row(
    500,
    'fault',
    'Protected data cannot be opened: it was changed, moved, or its key is gone. Ask an operator.',
    { retryable: false },
  ),
  archive_unavailable: row(503, 'fault', 'The archive cannot be reached; nothing was removed.'),
  archive_broken: row(
    500,
    'fault',
    'The archive of this day is not what was written; nothing was removed. Ask an operator.',
    { retryable: false },
  ),
  archive_conflict: row(
    500,
    'fault',
    'The archive already holds something else under this name; nothing was overwritten. Ask an operator.',
    { retryable: false },
  ),
  identity_provider_unavailable: row(
    503,
    'fault',
    'The identity provider cannot be reached. Try again shortly, or sign in another way.',
    { log: 'warn' },
  ),
  internal: row(500, 'fault', 'Something broke on our side; it was logged under the request id.', {
    retryable: false,
  }),
} as const satisfies Record<string, Row>;

export type ProblemCode = keyof typeof problems;
export const problemCodes = Object.keys(problems) as [ProblemCode, ...ProblemCode[]];
export const problemCodeSchema = z.enum(problemCodes).meta({ id: 'ProblemCode' });

/** A clinical rule said no. `details` carries what a person needs to act; it never holds patient data. */
export type Refusal = { code: ProblemCode; details?: Record<string, unknown> };

/** RFC 9457 problem document. */
export const problemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: problemCodeSchema,
    detail: z.string().optional(),
    requestId: z.string(),
    errors: z
      .array(z.strictObject({ path: z.string(), message: z.string(), line: z.int().optional() }))
      .optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problemSchema>;

/** A dependency failed or answered in a way we cannot use. Thrown, never returned. */
export class Fault extends Error {
  readonly code: ProblemCode;
  readonly details: Record<string, unknown>;
  constructor(code: ProblemCode, details: Record<string, unknown> = {}, cause?: unknown) {
    super(problems[code].title, { cause });
    this.name = 'Fault';
    this.code = code;
    this.details = details;
  }
  get isRetryable(): boolean {
    return problems[this.code].retryable;
  }
}
