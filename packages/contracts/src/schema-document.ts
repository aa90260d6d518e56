/** From zod to JSON Schema with shared definitions hoisted to one place, as OpenAPI and AsyncAPI want them. */
import { z } from 'zod';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Collects schemas; those with an id (`.meta({ id })`) become components and are referred to. */
export class SchemaCollector {
  readonly #components = new Map<string, Json>();

  /** JSON Schema of what a sender may write, with references into `#/components/schemas`. */
  add(schema: z.ZodType): Json {
    const document = z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12' }) as JsonObject;
    const { $schema: _dialect, $defs: definitions, id, ...rest } = document;
    for (const [name, definition] of Object.entries(isObject(definitions) ? definitions : {})) {
      this.#components.set(name, tidy(definition));
    }
    if (typeof id !== 'string') return tidy(rest);
    this.#components.set(id, tidy(rest));
    return { $ref: `#/components/schemas/${id}` };
  }

  /** The same without a component of its own: for parameters, whose descriptions stand beside them. */
  addInline(schema: z.ZodType): JsonObject {
    const added = this.add(schema);
    return isObject(added) ? added : {};
  }

  /** All components so far, by name. */
  components(): JsonObject {
    return Object.fromEntries([...this.#components].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

/** References point to components; the ids that zod repeats inside definitions go. */
function tidy(value: Json): Json {
  if (Array.isArray(value)) return value.map(tidy);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(
    ([key, inner]) => !(key === 'id' && typeof inner === 'string'),
  );
  return Object.fromEntries(
    entries.map(([key, inner]) =>
      key === '$ref' && typeof inner === 'string'
        ? [key, inner.replace('#/$defs/', '#/components/schemas/')]
        : [key, tidy(inner)],
    ),
  );
}
