import type { CallClock } from '../call-clock.ts';
import { type EhrResult, ehrFailed, ehrOk } from '../ehr-failure.ts';
import type { CallFhir } from './fhir-call.ts';
import { escaped } from './fhir-questions.ts';
import { type FhirLocation, locationSchema, organizationSchema } from './fhir-resources.ts';
import { searchAll } from './fhir-search.ts';

/** A practice is an Organization, and its places are the Locations that it manages. */
export interface FhirPractice {
  readonly id: string;
  readonly name: string;
  readonly locations: ReadonlyMap<string, FhirLocation>;
}

export interface FhirTools {
  readonly call: CallFhir;
  readonly base: string;
  readonly clock: CallClock;
}

/** Sites and rooms change rarely; a new room is seen after this long. */
const KEPT_MS = 15 * 60_000;

export type FindPractice = (name: string, signal?: AbortSignal) => Promise<EhrResult<FhirPractice>>;

/** Finds a practice by its exact name. Unlike an empty day, a wrong name is a failure. */
export function practiceFinder(tools: FhirTools): FindPractice {
  const known = new Map<string, { readonly at: number; readonly practice: FhirPractice }>();
  return async (name, signal) => {
    const kept = known.get(name);
    if (kept && tools.clock.now() - kept.at < KEPT_MS) return ehrOk(kept.practice);
    const found = await readPractice(tools, name, signal);
    if (found.ok) known.set(name, { at: tools.clock.now(), practice: found.value });
    return found;
  };
}

async function readPractice(
  tools: FhirTools,
  name: string,
  signal?: AbortSignal,
): Promise<EhrResult<FhirPractice>> {
  const named = await searchAll(
    tools,
    {
      operation: 'SearchOrganization',
      type: 'Organization',
      schema: organizationSchema,
      criteria: [['name', escaped(name)]],
    },
    signal,
  );
  if (!named.ok) return named;
  // The search compares beginnings, and servers differ in what they fold.
  const [practice, ...namesakes] = named.value.filter((one) => one.name === name);
  if (!practice || namesakes.length > 0) return notFound;
  const criteria = [['organization', `Organization/${practice.id}`]] as const;
  const places = await searchAll(
    tools,
    { operation: 'SearchLocation', type: 'Location', schema: locationSchema, criteria },
    signal,
  );
  if (!places.ok) return places;
  if (places.value.length === 0) return notFound;
  const locations = new Map(places.value.map((location) => [location.id, location]));
  return ehrOk({ id: practice.id, name, locations });
}

const notFound = ehrFailed({
  kind: 'business-error',
  reason: 'not-found',
  wording: 'practice name not found',
});
