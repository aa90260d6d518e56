/**
 * Whether an incident is a breach that must be told (45 CFR 164.402). The law presumes that it is: whoever says
 * otherwise has to show it, and keep the writing six years.
 */

/** The four factors of 164.402(2), each rated with its reason in writing. */
export const breachFactors = [
  'nature-of-the-data',
  'who-received-it',
  'was-it-seen',
  'how-far-mitigated',
] as const;
export type BreachFactor = (typeof breachFactors)[number];
export type FactorRating = { probability: 'low' | 'medium' | 'high'; reason: string };

/** The three kinds of 164.402(1) that are no breach. */
export const breachExceptions = [
  'workforce-in-good-faith',
  'between-authorised-persons',
  'could-not-be-retained',
] as const;

export type BreachCase = {
  /** Encrypted to the Secretary's guidance, and the key was not taken as well. */
  isSecured: boolean;
  exception: (typeof breachExceptions)[number] | null;
  /** Factors that nobody rated yet are absent. */
  factors: Partial<Record<BreachFactor, FactorRating>>;
};

export type BreachVerdict =
  | { verdict: 'not-unsecured' | 'excepted' | 'low-probability' }
  | { verdict: 'notify'; because: readonly string[] };

/** A reason shorter than this explains nothing. */
export const reasonLengthMin = 30;

/** The verdict that the case supports. Anything missing means that notice is due. */
export function assessBreach({ isSecured, exception, factors }: BreachCase): BreachVerdict {
  if (isSecured) return { verdict: 'not-unsecured' };
  if (exception !== null) return { verdict: 'excepted' };
  const because = breachFactors.flatMap((factor) => objection(factor, factors[factor]));
  return because.length === 0 ? { verdict: 'low-probability' } : { verdict: 'notify', because };
}

function objection(factor: BreachFactor, rating: FactorRating | undefined): string[] {
  if (!rating) return [`${factor} was not rated`];
  if (rating.probability !== 'low') return [`${factor} is ${rating.probability}`];
  return rating.reason.trim().length < reasonLengthMin ? [`${factor} has no reason in writing`] : [];
}
