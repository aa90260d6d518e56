type Fields = Record<string, unknown>;

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

const areSameItems = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((item, i) => isSameValue(item, b[i]));

/** Not what every object inherits, such as `toString`. */
const own = (fields: Fields, key: string): unknown => (Object.hasOwn(fields, key) ? fields[key] : undefined);

/** Asked of every field of every visit that changes: nothing is collected to be compared. */
function areSameFields(a: Fields, b: Fields): boolean {
  for (const key in a) if (!isSameValue(a[key], own(b, key))) return false;
  for (const key in b) if (b[key] !== undefined && own(a, key) === undefined) return false;
  return true;
}

/** Structural equality of plain data; an absent field equals one that is undefined. */
export function isSameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && areSameItems(a, b);
  return isRecord(a) && isRecord(b) && areSameFields(a, b);
}
