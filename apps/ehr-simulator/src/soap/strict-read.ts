import { ENUMS, type Member, NAMESPACES, type Shape } from './shape.ts';
import { shapeOf } from './shapes.ts';
import type { XmlElement } from './xml-tree.ts';

/** What was read: strings as given, numbers and booleans converted, nil as null, absent members missing. */
export type Value = string | number | boolean | null | Value[] | { [member: string]: Value | undefined };
export type Fields = { [member: string]: Value | undefined };

export interface Reading {
  value: Fields;
  /** Paths of the members that were given but silently dropped: unknown, out of order or in the wrong namespace. */
  dropped: string[];
}

/** The message could not be turned into the data contract; the text is what the serializer would say. */
export class DeserializationError extends Error {}

/**
 * Reads an element as WCF's DataContractSerializer does: forward only. A member is found only at or after the place
 * reached so far, in its own namespace; anything else is skipped without a word; passing over a required member faults.
 */
export function strictRead(element: XmlElement, shape: Shape): Reading {
  const dropped: string[] = [];
  return { value: readShape(element, shape, { path: '', dropped }), dropped };
}

interface Place {
  path: string;
  dropped: string[];
}

function readShape(element: XmlElement, shape: Shape, place: Place): Fields {
  const value: Fields = {};
  let next = 0;
  for (const child of element.children) {
    const index = shape.members.findIndex((m, i) => i >= next && isMember(child, m));
    const path = `${place.path}/${child.name}`;
    const member = shape.members[index];
    if (!member) {
      place.dropped.push(path);
      continue;
    }
    const missed = requiredBetween(shape, next, index);
    if (missed) throw unexpected('Element', child, missed);
    put(value, member, readMember(child, member, { ...place, path }));
    next = member.list ? index : index + 1;
  }
  const missed = requiredBetween(shape, next, shape.members.length);
  if (missed && !(missed.list && value[missed.name])) throw unexpected('EndElement', element, missed);
  return value;
}

function isMember(child: XmlElement, member: Member): boolean {
  return child.name === member.name && child.uri === NAMESPACES[member.ns];
}

function requiredBetween(shape: Shape, from: number, to: number): Member | undefined {
  return shape.members.slice(from, to).find((member) => member.required);
}

function put(value: Fields, member: Member, read: Value): void {
  if (!member.list) value[member.name] = read;
  else value[member.name] = [...((value[member.name] as Value[] | undefined) ?? []), read];
}

function readMember(element: XmlElement, member: Member, place: Place): Value {
  if (element.nil) {
    if (member.nillable) return null;
    throw new DeserializationError(`ValueType '${member.type}' cannot be null.`);
  }
  if (member.type in PRIMITIVES || member.type in ENUMS) return readText(element, member.type);
  return readShape(element, shapeOf(member.type), place);
}

function readText(element: XmlElement, type: string): Value {
  const child = element.children[0];
  if (child) {
    throw new DeserializationError(
      `End element '${element.name}' from namespace '${element.uri}' expected. Found element '${child.name}' from ` +
        `namespace '${child.uri}'.`,
    );
  }
  const choices = ENUMS[type];
  if (choices) return readEnum(element.text.trim(), type, choices);
  const primitive = PRIMITIVES[type];
  const text = type === 'string' ? element.text : element.text.trim();
  if (!primitive?.pattern.test(text)) {
    throw new DeserializationError(`The value '${text}' cannot be parsed as the type '${primitive?.clr}'.`);
  }
  return primitive.convert(text);
}

function readEnum(text: string, type: string, choices: readonly string[]): string {
  if (choices.includes(text)) return text;
  throw new DeserializationError(
    `Invalid enum value '${text}' cannot be deserialized into type '${type}'. Ensure that the necessary enum values are ` +
      'present and are marked with EnumMemberAttribute attribute if the type has DataContractAttribute attribute.',
  );
}

function unexpected(
  kind: 'Element' | 'EndElement',
  element: XmlElement,
  missed: Member,
): DeserializationError {
  return new DeserializationError(
    `'${kind}' '${element.name}' from namespace '${element.uri}' is not expected. Expecting element '${missed.name}'.`,
  );
}

interface Primitive {
  clr: string;
  pattern: RegExp;
  convert(text: string): Value;
}

const integer = (clr: string): Primitive => ({ clr, pattern: /^[+-]?\d{1,19}$/, convert: Number });

const PRIMITIVES: Readonly<Record<string, Primitive>> = {
  string: { clr: 'String', pattern: /^[\s\S]*$/, convert: (text) => text },
  guid: {
    clr: 'Guid',
    pattern: /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/,
    convert: (text) => text,
  },
  boolean: {
    clr: 'Boolean',
    pattern: /^(true|false|1|0)$/,
    convert: (text) => text === 'true' || text === '1',
  },
  int: integer('Int32'),
  long: integer('Int64'),
  double: { clr: 'Double', pattern: /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/, convert: Number },
  dateTime: {
    clr: 'DateTime',
    pattern: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})?$/,
    convert: (text) => text,
  },
};
