/**
 * The register of business associate agreements (45 CFR 164.308(b), 164.314(a)): which vendor may see patient data,
 * and since when it has promised in writing to protect it. The file belongs to the installation.
 */
import { z } from 'zod';

/** Vendors that a connector of this product can hand patient data to, or whose service holds it. */
export const vendorIds = ['tebra', 'fhir-ehr', 'google-cloud', 'aws', 'redis-host'] as const;
export const vendorIdSchema = z.enum(vendorIds);
export type VendorId = z.infer<typeof vendorIdSchema>;

const day = z.iso.date();
export const agreementSchema = z.strictObject({
  vendor: vendorIdSchema,
  name: z.string().min(2).max(120),
  /** What the vendor does with patient data. */
  service: z.string().min(5).max(300),
  /** Null until both have signed: then no connector to this vendor starts. */
  signedOn: day.nullable(),
  /** Null while it runs until further notice. */
  endsOn: day.nullable(),
  /** When the vendor last said in writing that its safeguards are in place. */
  verifiedOn: day.nullable(),
  /** Hours within which it must report an incident, by its contract. */
  incidentNoticeHours: z.int().min(1).max(1_440).nullable(),
});
export type Agreement = z.infer<typeof agreementSchema>;

export const agreementRegisterSchema = z.strictObject({
  agreements: z.array(agreementSchema).max(50),
});
export type AgreementRegister = z.infer<typeof agreementRegisterSchema>;
