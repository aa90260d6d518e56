import {
  ARRAYS,
  DOTNET_SYSTEM,
  KAREO,
  KAREO_NO_SLASH,
  REQUEST_MEMBERS,
  type RequestMember,
  SOAP_ENVELOPE,
  type TebraOperation,
} from './operations.ts';

/** Values by member name; the writer, not the caller, decides the order. */
export interface RequestValues {
  readonly [member: string]: RequestValue | undefined;
}

/** A text, several texts of a member that may stand several times, or a group. */
export type RequestValue = string | readonly string[] | RequestValues;

/** A request that must not be sent. The message names members only, never values. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // A reader would turn a bare carriage return into a line feed.
  '\r': '&#13;',
};

// Everything outside XML 1.0's Char production: control characters, lone surrogates, U+FFFE and U+FFFF.
const UNWRITABLE = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

/** Escapes text for an XML element or attribute. Throws RequestRefused for characters XML cannot carry. */
export function escapeXml(text: string): string {
  if (UNWRITABLE.test(text)) throw new RequestRefused('A value holds a character that XML cannot carry.');
  return text.replace(/[&<>"'\r]/g, (character) => ESCAPES[character] ?? character);
}

const PREFIXES: Readonly<Record<string, string>> = {
  [KAREO]: 'k',
  [KAREO_NO_SLASH]: 'n',
  [ARRAYS]: 'a',
  [DOTNET_SYSTEM]: 'd',
};

const DECLARATIONS = Object.entries(PREFIXES)
  .map(([namespace, prefix]) => ` xmlns:${prefix}="${namespace}"`)
  .join('');

function qualified(member: RequestMember): string {
  return `${PREFIXES[member.namespace] ?? 'k'}:${member.name}`;
}

function writeMember(member: RequestMember, value: RequestValue | undefined): string {
  if (value === undefined) {
    if (member.required) throw new RequestRefused(`The request lacks ${member.name}.`);
    return '';
  }
  if (isList(value)) {
    if (!member.isList) throw new RequestRefused(`${member.name} stands once only.`);
    return value.map((item) => writeMember(member, item)).join('');
  }
  const isGroup = member.children !== undefined;
  if (isGroup !== (typeof value === 'object'))
    throw new RequestRefused(`${member.name} has the wrong shape.`);
  const name = qualified(member);
  const content = typeof value === 'object' ? writeMembers(member.children ?? [], value) : escapeXml(value);
  return `<${name}>${content}</${name}>`;
}

function isList(value: RequestValue): value is readonly string[] {
  return Array.isArray(value);
}

function writeMembers(members: readonly RequestMember[], values: RequestValues): string {
  for (const name of Object.keys(values)) {
    // The service would drop it in silence; here it is a refusal.
    if (!members.some((member) => member.name === name))
      throw new RequestRefused(`${name} is no member here.`);
  }
  return members.map((member) => writeMember(member, values[member.name])).join('');
}

/**
 * Writes the SOAP 1.1 envelope of one call in the contract's order. Throws RequestRefused when a required
 * member is missing, a member is unknown, or a value cannot be written as XML. The text holds credentials:
 * never log it.
 */
export function soapRequest(operation: TebraOperation, values: RequestValues): string {
  const request = writeMembers(REQUEST_MEMBERS[operation], values);
  return (
    '<?xml version="1.0" encoding="utf-8"?>' +
    `<s:Envelope xmlns:s="${SOAP_ENVELOPE}"${DECLARATIONS}>` +
    `<s:Header/><s:Body><k:${operation}><k:request>${request}</k:request></k:${operation}></s:Body></s:Envelope>`
  );
}
