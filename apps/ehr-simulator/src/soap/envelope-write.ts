import { ENUMS, type Member, NAMESPACES, type Shape } from './shape.ts';
import { shapeOf } from './shapes.ts';
import type { Fields, Value } from './strict-read.ts';

const PREFIXES = { kar: '', kns: 'b:', arr: 'a:', sys: 'c:' } as const;
const DECLARATION = '<?xml version="1.0" encoding="utf-8"?>';
const ENVELOPE_NS = 'http://schemas.xmlsoap.org/soap/envelope/';

/** What the list rows do with a member that has no value. */
type AbsentStyle = 'absent' | 'nil' | 'empty';

/** Members that no contract knows, appended where a later version would put them: `{ shape: xml }`. */
export interface WriteStyle {
  absent: AbsentStyle;
  extra: ReadonlyMap<string, string>;
}

/**
 * Writes an operation's answer as WCF does: members in contract order and namespace, null as `i:nil`, undefined left out.
 * A kns answer declares prefix `b` on the result; arrays of primitives declare `a` where they begin.
 */
export function writeAnswer(operation: string, shape: Shape, answer: Fields, style: WriteStyle): string {
  const usesKns = shape.members.some((member) => member.ns === 'kns');
  const declared = `${usesKns ? ` xmlns:b="${NAMESPACES.kns}"` : ''} xmlns:i="http://www.w3.org/2001/XMLSchema-instance"`;
  const inner = writeMembers(shape, answer, style);
  return envelope(
    `<${operation}Response xmlns="${NAMESPACES.kar}"><${operation}Result${declared}>${inner}` +
      `</${operation}Result></${operation}Response>`,
  );
}

/** A SOAP 1.1 envelope around a body. */
export function envelope(body: string): string {
  return `${DECLARATION}<s:Envelope xmlns:s="${ENVELOPE_NS}"><s:Body>${body}</s:Body></s:Envelope>`;
}

/** A fault with a code in one of WCF's namespaces. */
export function writeFault(code: string, codeNs: string, reason: string): string {
  return envelope(
    `<s:Fault><faultcode xmlns:a="${codeNs}">a:${code}</faultcode>` +
      `<faultstring xml:lang="en-US">${escapeText(reason)}</faultstring></s:Fault>`,
  );
}

/** Text as element content; a carriage return is written as a reference, or a reader would lose it. */
export function escapeText(text: string): string {
  return text.replace(/[&<>\r]/g, (c) => ESCAPES[c] ?? c);
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#xD;' };

function writeMembers(shape: Shape, fields: Fields, style: WriteStyle): string {
  // Only rows, and only those with anything in them: a phantom row stays empty.
  const fillsAbsent =
    style.absent !== 'absent' && shape.name.endsWith('Data') && Object.keys(fields).length > 0;
  const known = shape.members.map((member) => {
    const value = fields[member.name];
    if (value !== undefined) return writeMember(member, value, style);
    return fillsAbsent && member.type === 'string' ? writeAbsent(member, style.absent) : '';
  });
  return known.join('') + (style.extra.get(shape.name) ?? '');
}

function writeAbsent(member: Member, style: AbsentStyle): string {
  const tag = PREFIXES[member.ns] + member.name;
  if (style === 'absent') return '';
  return style === 'nil' ? `<${tag} i:nil="true"/>` : `<${tag}/>`;
}

function writeMember(member: Member, value: Value, style: WriteStyle): string {
  if (member.list) return (value as Value[]).map((item) => writeElement(member, item, style)).join('');
  return writeElement(member, value, style);
}

function writeElement(member: Member, value: Value, style: WriteStyle): string {
  const tag = PREFIXES[member.ns] + member.name;
  if (value === null) return `<${tag} i:nil="true"/>`;
  const declared = declarationFor(member);
  const inner =
    typeof value === 'object' ? writeObject(member, value as Fields, style) : escapeText(String(value));
  return inner === '' ? `<${tag}${declared}/>` : `<${tag}${declared}>${inner}</${tag}>`;
}

function writeObject(member: Member, value: Fields, style: WriteStyle): string {
  if (member.type in ENUMS) throw new Error(`${member.name} is not an object`);
  return writeMembers(shapeOf(member.type), value, style);
}

// Where an array of primitives begins, its items' namespace is declared on the member that holds it.
function declarationFor(member: Member): string {
  const item = member.type.startsWith('ArrayOf') ? shapeOf(member.type).members[0] : undefined;
  if (item?.ns === 'arr') return ` xmlns:a="${NAMESPACES.arr}"`;
  return item?.ns === 'sys' ? ` xmlns:c="${NAMESPACES.sys}"` : '';
}
