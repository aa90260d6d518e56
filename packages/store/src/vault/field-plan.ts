/** Divides a record into what may be clear at rest and what must be sealed, and puts it together again. */
import { isFieldClass, type SensitivityNode } from '@workflow-bolt/contracts';

/** `seal`: the whole value. Null where nothing below is sealed, so that most records are not even walked. */
export type FieldPlan =
  | { kind: 'seal' }
  | { kind: 'fields'; fields: readonly (readonly [string, FieldPlan])[] }
  | { kind: 'items'; item: FieldPlan };

type Fields = Record<string, unknown>;
export type Divided = { clear: unknown; sealed: unknown };

/** The plan of a sensitivity tree; null when everything in it is operational. */
export function planOf(node: SensitivityNode): FieldPlan | null {
  if (isFieldClass(node)) return node.isSealed ? { kind: 'seal' } : null;
  if (Array.isArray(node)) {
    const item = planOf(node[0] as SensitivityNode);
    return item && { kind: 'items', item };
  }
  const fields = Object.entries(node).flatMap(([name, inner]): [string, FieldPlan][] => {
    const plan = planOf(inner as SensitivityNode);
    return plan ? [[name, plan]] : [];
  });
  return fields.length > 0 ? { kind: 'fields', fields } : null;
}

/** Values that say nothing about anyone stay where they are, and cost nothing. */
const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || value === false || value === '';

/** `sealed` is undefined when nothing needs to be; the value given is not modified. */
export function divide(value: unknown, plan: FieldPlan): Divided {
  if (isEmpty(value)) return { clear: value, sealed: undefined };
  if (plan.kind === 'seal') return { clear: undefined, sealed: value };
  return plan.kind === 'items'
    ? divideItems(value as unknown[], plan.item)
    : divideFields(value as Fields, plan.fields);
}

function divideItems(items: readonly unknown[], plan: FieldPlan): Divided {
  const parts = items.map((item) => divide(item, plan));
  const isClear = parts.every(({ sealed }) => sealed === undefined);
  return {
    clear: isClear ? items : parts.map(({ clear }) => clear),
    sealed: isClear ? undefined : parts.map(({ sealed }) => sealed ?? null),
  };
}

function divideFields(value: Fields, fields: readonly (readonly [string, FieldPlan])[]): Divided {
  let clear: Fields | null = null;
  const sealed: Fields = {};
  for (const [name, plan] of fields) {
    const part = divide(value[name], plan);
    if (part.sealed === undefined) continue;
    clear ??= { ...value };
    // JSON leaves an undefined field out.
    clear[name] = part.clear;
    sealed[name] = part.sealed;
  }
  return clear ? { clear, sealed } : { clear: value, sealed: undefined };
}

/** Puts what was sealed back into its place. `clear` is modified: it comes fresh from JSON. */
export function unite(clear: unknown, sealed: unknown, plan: FieldPlan): unknown {
  if (sealed === undefined || sealed === null) return clear;
  if (plan.kind === 'seal') return sealed;
  if (plan.kind === 'items')
    return (clear as unknown[]).map((item, i) => unite(item, (sealed as unknown[])[i], plan.item));
  const [into, from] = [clear as Fields, sealed as Fields];
  for (const [name, inner] of plan.fields)
    if (name in from) into[name] = unite(into[name], from[name], inner);
  return into;
}

/** What stands where a value was before its key was destroyed: the shape stays whole, and says what happened. */
const erasedTexts = new Set(['fullName', 'key', 'rawStatus', 'raw', 'where', 'message']);
const erasedFlags = new Set(['interpreter', 'mobility', 'privacy', 'isPrivate']);
export const erasedText = 'Erased';

function erasedValue(name: string): unknown {
  if (erasedTexts.has(name)) return erasedText;
  if (name === 'fingerprint') return '';
  return erasedFlags.has(name) ? false : null;
}

/** Fills the places of values that are gone for good. `clear` is modified. */
export function erase(clear: unknown, plan: FieldPlan): unknown {
  if (clear === null || clear === undefined || plan.kind === 'seal') return clear;
  if (plan.kind === 'items') return (clear as unknown[]).map((item) => erase(item, plan.item));
  const into = clear as Fields;
  for (const [name, inner] of plan.fields) {
    if (inner.kind === 'seal') into[name] ??= erasedValue(name);
    else into[name] = erase(into[name], inner);
  }
  return into;
}
