/**
 * Settings of a clinic, as an administrator writes them (a JSON file named by `BOLT_CLINICS_FILE`).
 * The day of a board freezes them when it opens, so that a change in the morning does not rewrite yesterday.
 */
import { z } from 'zod';
import { clinicDowntimeSchema } from './downtime.ts';
import {
  columnRulesSchema,
  daySchema,
  ehrSystems,
  providerSchema,
  roomSchema,
  thresholdsSchema,
  visitTypeSchema,
  writeBackModeSchema,
} from './entities.ts';
import { clinicIdSchema, textLine, zoneSchema } from './ids.ts';
import { clinicOfflineBoardSchema } from './offline-board.ts';
import { clinicRetentionSchema } from './retention.ts';

export const clinicRoomSchema = roomSchema.pick({
  id: true,
  name: true,
  kind: true,
  capacity: true,
  position: true,
});

/** Beyond these a clinic says why; the sentence goes into the risk register. */
const idleMinutesStandard = 15;
const absoluteHoursStandard = 12;

export const clinicSessionsSchema = z
  .strictObject({
    /** Minutes without an act of the person until the session ends. */
    idleMinutes: z.int().min(2).max(30).default(idleMinutesStandard),
    /** Hours after which everyone signs in again; null for the installation's own (`BOLT_SESSION_HOURS`). */
    absoluteHours: z.int().min(1).max(24).nullable().default(null),
    /** Why this clinic is laxer than the standard. */
    reason: textLine(500).nullable().default(null),
  })
  .refine(
    ({ idleMinutes, absoluteHours, reason }) =>
      reason !== null ||
      (idleMinutes <= idleMinutesStandard && (absoluteHours ?? 0) <= absoluteHoursStandard),
    { error: 'more than 15 minutes idle or 12 hours in all need a written reason' },
  )
  .meta({ id: 'ClinicSessions' });

export const clinicSettingsSchema = z
  .strictObject({
    id: clinicIdSchema,
    name: textLine(120),
    zone: zoneSchema,
    rooms: z.array(clinicRoomSchema).max(200),
    /** Known without asking the EHR; a synchronisation adds the EHR's active providers. */
    providers: z.array(providerSchema).max(100).default([]),
    visitTypes: z.array(visitTypeSchema).max(200).default([]),
    thresholds: thresholdsSchema.optional(),
    columnRules: columnRulesSchema.optional(),
    isRoomRequired: z.boolean().default(false),
    /** How long this clinic keeps its days, within the bounds of the schedule. */
    retention: clinicRetentionSchema.optional(),
    readyToBeSeenMeans: daySchema.shape.readyToBeSeenMeans.default('check-in-completed'),
    /** Absent: 15 minutes idle, and the installation's absolute end. */
    sessions: clinicSessionsSchema.optional(),
    /** Absent: no downtime roster is made. */
    downtime: clinicDowntimeSchema.optional(),
    /** Absent: nothing of a patient stays in a browser. */
    offlineBoard: clinicOfflineBoardSchema.optional(),
    /** Null for a clinic without an EHR link: its days come from imports and walk-ins. */
    ehr: z
      .strictObject({
        /** Tebra's SOAP service, or a FHIR R4 server; a worker serves clinics of one kind. */
        system: z.enum(ehrSystems),
        /** Exactly as the EHR spells it, trailing blanks included. */
        practiceName: z.string().min(1).max(200),
        serviceLocationName: z.string().min(1).max(200).nullable().default(null),
        /** Seconds between two reads of the schedule in clinic hours. */
        pollSeconds: z.int().min(60).max(900).default(300),
        /** Whether steps on the board are written to the EHR. The running switch may only be tighter than this. */
        writeBack: writeBackModeSchema.default('off'),
        /** The EHR's word for who left unseen or early; null leaves the appointment as it is. */
        leftMeans: z.enum(['Cancelled']).nullable().default(null),
      })
      .nullable()
      .default(null),
  })
  .refine(({ ehr, readyToBeSeenMeans }) => ehr?.system !== 'fhir' || readyToBeSeenMeans !== 'ready-for-md', {
    // In R4 `checked-in` comes before the Encounter: it cannot mean what comes after rooming.
    error: 'an EHR of the kind fhir needs readyToBeSeenMeans "check-in-completed"',
    path: ['readyToBeSeenMeans'],
  })
  .meta({ id: 'ClinicSettings' });
export type ClinicSettings = z.infer<typeof clinicSettingsSchema>;

export const clinicsFileSchema = z.strictObject({ clinics: z.array(clinicSettingsSchema).min(1).max(200) });
