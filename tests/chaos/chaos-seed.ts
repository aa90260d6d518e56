/** Every random choice of a chaos test comes from one seed: of the environment, or a new one that is printed. */
let seed: number | null = null;

/** `BOLT_CHAOS_SEED`, or a new seed; the same for the whole process. Printed with the words that replay it. */
export function chaosSeed(): number {
  if (seed !== null) return seed;
  const { BOLT_CHAOS_SEED: given } = process.env;
  seed = given ? Number(given) : Math.floor(Math.random() * 1_000_000);
  console.log(`replay with BOLT_CHAOS_SEED=${seed}`);
  return seed;
}

/** `BOLT_CHAOS_ROUNDS`, or this many. */
export function chaosRounds(usual: number): number {
  return Number(process.env.BOLT_CHAOS_ROUNDS ?? usual);
}
