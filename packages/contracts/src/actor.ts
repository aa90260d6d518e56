import { z } from 'zod';
import { stationIdSchema, textLine, userIdSchema } from './ids.ts';

/**
 * What somebody is to a clinic; what each may do is the matrix in `domain`.
 *
 * `admin` runs the system and sees no patient; `auditor` reads records of what was done; `viewer` looks at the board
 * and changes nothing; `display` is a screen on a wall. `service` and `agent` are programs, an agent always on behalf
 * of somebody. `system` is this software itself and never signs in.
 */
export const roles = [
  'front-desk',
  'medical-assistant',
  'nurse',
  'provider',
  'billing',
  'manager',
  'admin',
  'auditor',
  'viewer',
  'service',
  'agent',
  'display',
  'system',
] as const;
export const roleSchema = z.enum(roles).meta({ id: 'Role' });
export type Role = z.infer<typeof roleSchema>;

/** Where a change came from: a person's click, the EHR, an imported file, a rule, or a kiosk. */
export const sources = ['ui', 'tebra', 'fhir', 'import', 'rule', 'kiosk'] as const;
export const sourceSchema = z.enum(sources).meta({ id: 'Source' });
export type Source = z.infer<typeof sourceSchema>;

/** Who acts: always set by the server from the authenticated session, never read from a request body. */
export const actorSchema = z
  .strictObject({
    id: userIdSchema,
    name: textLine(80),
    role: roleSchema,
    station: stationIdSchema.nullable(),
  })
  .meta({ id: 'Actor' });
export type Actor = z.infer<typeof actorSchema>;
