import type { Role, User } from '@workflow-bolt/contracts';

const demoPeople: readonly { id: string; name: string; role: Role }[] = [
  { id: 'rosa-delgado', name: 'Rosa Delgado', role: 'front-desk' },
  { id: 'amir-haddad', name: 'Amir Haddad', role: 'medical-assistant' },
  { id: 'june-park', name: 'June Park', role: 'medical-assistant' },
  { id: 'dr-okafor', name: 'Dr. Okafor', role: 'provider' },
  { id: 'mina-sato', name: 'Mina Sato', role: 'manager' },
  { id: 'wall-screen', name: 'Wall screen', role: 'viewer' },
];

/** One demo user for each kind of work, at home in every clinic. */
export function developmentUsers(clinics: readonly string[]): User[] {
  return demoPeople.map((person) => ({ ...person, clinics: [...clinics] }));
}
