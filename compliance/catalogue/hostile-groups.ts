/** Groups of hostile cases: what an attacker, a thief or a careless person would try. Tests cite them in brackets. */

export type HostileGroup = { id: string; title: string; tags: readonly string[]; casesMin: number };

/** Fewer than this and a group is an anecdote. */
const casesMin = 10;
const group = (id: string, title: string, tags: readonly string[] = [id]): HostileGroup => ({
  id,
  title,
  tags,
  casesMin,
});

export const hostileGroups: readonly HostileGroup[] = [
  group('login', 'Sign-in, enumeration and throttling'),
  group('mfa', 'Second factors, passkeys and identity providers'),
  group('session', 'Sessions, rotation and revocation'),
  group('kiosk', 'Shared workstations, PIN and wall displays'),
  group('authz', 'Authorisation: object, function, property, clinic'),
  group('injection', 'Injection and malformed input'),
  group('csrf', 'Requests from other sites, headers'),
  group('crypto', 'Encryption and keys'),
  group('audit', 'Integrity of the audit record'),
  group('abuse', 'Abuse and detection'),
  group('privacy', 'Privacy and retention'),
  group('predecessor', 'Defects of the former system', ['P01', 'P02', 'P03', 'P04', 'P05']),
];
