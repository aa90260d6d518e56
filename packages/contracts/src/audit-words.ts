/** Words that `why` of an entry may say beside codes of problems; docs/security/audit-policy.md explains each. */
export const auditWhyWords = [
  'unknown_account',
  'wrong_password',
  'wrong_totp',
  'too_many_in_a_row',
  'token_reuse',
  'device_changed',
  'destroyed_key',
  'stream_count',
  'stream_rewound',
  'witness_late',
  'witness_refused',
] as const;
