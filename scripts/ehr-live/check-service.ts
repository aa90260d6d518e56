/** Checks 4, 7 and 9: deleted appointments, the operation that the published contract lacks, and limits. */
import { type CheckKit, differs, failed, held, unseen, type Verdict } from './check-kit.ts';

export async function lookAtDeleted({ account, deletedId }: CheckKit): Promise<Verdict> {
  if (deletedId === null) return unseen('name an appointment that was deleted: --deleted-id');
  const found = await account.port.appointment(deletedId);
  if (!found.ok) return failed(found.failure);
  if (found.value === null) return held('a deleted appointment is answered as none');
  if (found.value.isDeleted) return held('a deleted appointment is answered with its flag set');
  return differs('a deleted appointment is answered as if it stood');
}

const WSDL_BYTES_MAX = 8 * 1024 * 1024;
const TIMEOUT_MS = 30_000;

/** The contract is public: no credential goes with this. */
export async function lookAtContract({ account }: CheckKit): Promise<Verdict> {
  const text = await readContract(account.endpoint, account.fetch);
  if (text === null) return unseen('the contract (?singleWsdl) could not be read');
  const operations = new Set(
    [...text.matchAll(/<(?:\w+:)?operation name="(\w{1,60})"/g)].map(([, name]) => name),
  );
  if (operations.size === 0) return unseen('the contract names no operation');
  const isThere = operations.has('UpdateAppointmentStatus');
  return isThere
    ? differs(
        `UpdateAppointmentStatus is there, among ${operations.size} operations; the product does not use it`,
      )
    : held(`${operations.size} operations, UpdateAppointmentStatus is none of them`);
}

async function readContract(endpoint: string, fetch: typeof globalThis.fetch): Promise<string | null> {
  try {
    const answer = await fetch(`${endpoint}?singleWsdl`, {
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'manual',
    });
    const text = answer.status === 200 ? await answer.text() : '';
    return text.length > 0 && text.length <= WSDL_BYTES_MAX ? text : null;
  } catch {
    return null;
  }
}

const SOON_MS = 100;

/**
 * Two reads at once run into the limit; a third one, a full gap after the first and less than one after the second,
 * shows whether the refused call has begun a new window.
 */
export async function lookAtLimit({ account, mayProvoke, wait }: CheckKit): Promise<Verdict> {
  if (!mayProvoke) return unseen('run into the limit on purpose only with --provoke-limit');
  const gapMs = account.gaps.gapMs('GetPractices');
  await wait(2 * gapMs);
  const first = await account.rapid.practices();
  if (!first.ok) return failed(first.failure);
  await wait(Math.max(0, gapMs - 2 * SOON_MS) / 2);
  const second = await account.rapid.practices();
  if (second.ok) return unseen('two reads within the gap were both answered: the limit was not met');
  if (second.failure.kind !== 'throttled')
    return differs(`a call too soon is answered otherwise: ${failed(second.failure).why}`);
  await wait(gapMs / 2 + SOON_MS);
  const third = await account.rapid.practices();
  const window =
    second.failure.intervalMs === null ? 'without its interval' : `for ${second.failure.intervalMs} ms`;
  if (third.ok) return held(`the refusal is recognised, ${window}, and does not begin a new window`);
  return differs(`the refusal is recognised, ${window}, and begins a new window`);
}
