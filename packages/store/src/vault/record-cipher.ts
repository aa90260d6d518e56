/** Seals and opens one record under its key: the fields that its plan names, bound to their place. */
import type { SensitivityNode } from '@workflow-bolt/contracts';
import { cryptFault } from './crypt-failure.ts';
import { openBytes, type SealingKey, sealBytes } from './envelope.ts';
import { divide, erase, type FieldPlan, planOf, unite } from './field-plan.ts';
import { padded, type SealedText } from './sealed-text.ts';

/** Version of the sealed form; part of every derived key. */
const formVersion = 1;

/** `kind` is the entity's or event's type; `place` is its clinic, board and id: nothing opens anywhere else. */
export type RecordPlace = { kind: string; place: string };

/** Plans are made once for each type of record. */
export class FieldPlans {
  readonly #plans = new Map<string, FieldPlan | null>();
  readonly #treeOf: (kind: string) => SensitivityNode | undefined;

  constructor(treeOf: (kind: string) => SensitivityNode | undefined) {
    this.#treeOf = treeOf;
  }

  /** Null when nothing of that kind is sealed. Throws Fault `malformed` for a kind nobody classified. */
  of(kind: string): FieldPlan | null {
    const known = this.#plans.get(kind);
    if (known !== undefined) return known;
    const tree = this.#treeOf(kind);
    if (!tree) throw cryptFault('malformed');
    const plan = planOf(tree);
    this.#plans.set(kind, plan);
    return plan;
  }
}

/** What must be sealed of a record, or undefined; `clear` is the rest. */
export function divideRecord(plans: FieldPlans, kind: string, record: unknown) {
  const plan = plans.of(kind);
  return plan ? divide(record, plan) : { clear: record, sealed: undefined };
}

function bindingOf({ kind, place }: RecordPlace, i: number, text: Pick<SealedText, 'stamp' | 'clear'>) {
  const aad = `${formVersion}|${place}|${kind}|${i}|${text.stamp}|${text.clear}`;
  return { info: `${kind}|fields|${formVersion}`, aad };
}

export function sealPart(
  key: SealingKey,
  at: RecordPlace & { i: number },
  text: Pick<SealedText, 'stamp' | 'clear'>,
  sealed: unknown,
): string {
  return sealBytes(key, bindingOf(at, at.i, text), padded(JSON.stringify(sealed)));
}

/** The record with what was sealed in its place; `destroyed` fills the places of what is gone. Throws Fault. */
export function openPart(
  key: SealingKey | 'destroyed',
  at: RecordPlace & { i: number },
  text: Pick<SealedText, 'stamp' | 'clear'> & { envelope: string },
  { clear, plan }: { clear: unknown; plan: FieldPlan },
): unknown {
  if (key === 'destroyed') return erase(clear, plan);
  const plain = openBytes(key, bindingOf(at, at.i, text), text.envelope);
  return unite(clear, JSON.parse(plain.toString('utf8')), plan);
}
