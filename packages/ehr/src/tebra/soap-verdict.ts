import type { FailureFacts } from '../ehr-failure.ts';
import {
  childNamed,
  childrenNamed,
  descendantNamed,
  presentChild,
  trimmedText,
  truthValue,
} from './element-reading.ts';
import { REQUEST_MEMBERS } from './operations.ts';
import { safePermission, safeWording } from './vendor-wording.ts';
import type { XmlElement } from './xml-tree.ts';

/** The questions asked of a well-formed SOAP answer, each answered with a failure or null for "not this one". */

const NULL_REFERENCE = /object reference not set/i;

/** Reads a SOAP 1.1 fault, and the 1.2 form that some gateways answer. */
export function faultVerdict(fault: XmlElement, httpStatus: number): FailureFacts {
  const codeText = trimmedText(fault, 'faultcode') ?? nestedText(fault, 'Code', 'Value') ?? '';
  const reason = trimmedText(fault, 'faultstring') ?? nestedText(fault, 'Reason', 'Text') ?? '';
  const faultCode = knownFaultCode(codeText.split(':').at(-1));
  if (faultCode === 'InternalServiceFault') return { kind: 'fault-internal', faultCode, httpStatus };
  if (faultCode === 'ActionNotSupported' || /ContractFilter/.test(reason)) return ourBug('contract-filter');
  if (faultCode === 'DeserializationFailed' || /Expecting element|deserialize/i.test(reason)) {
    return ourBug(
      'deserialization',
      knownMember(/Expecting element '([A-Za-z0-9]{1,60})'/.exec(reason)?.[1]),
    );
  }
  if (NULL_REFERENCE.test(reason)) return ourBug('null-reference');
  return { kind: 'fault-unrecognised', faultCode, httpStatus };
}

/** A fault may quote what it was sent, so only codes that are known as such are repeated. */
const FAULT_CODES = new Set(
  `ActionMismatch ActionNotSupported Client DeserializationFailed DestinationUnreachable EndpointUnavailable
  FailedAuthentication InternalServiceFault InvalidSecurity MustUnderstand Receiver Sender Server SessionTerminated
  VersionMismatch`.split(/\s+/),
);

function knownFaultCode(code: string | undefined): string {
  return code !== undefined && FAULT_CODES.has(code) ? code : 'unknown';
}

const MEMBER_NAMES = new Set(
  Object.values(REQUEST_MEMBERS)
    .flat()
    .flatMap(({ name, children }) => [name, ...(children ?? []).map((child) => child.name)]),
);

function knownMember(name: string | undefined): string | null {
  return name !== undefined && MEMBER_NAMES.has(name) ? name : null;
}

function nestedText(element: XmlElement, outer: string, inner: string): string | null {
  const child = presentChild(element, outer);
  return child && trimmedText(child, inner);
}

function ourBug(
  reason: 'contract-filter' | 'deserialization' | 'null-reference',
  detail: string | null = null,
): FailureFacts {
  return { kind: 'our-bug', reason, detail };
}

/** The 429 text comes inside HTTP 200, sometimes in a body whose members are out of order. */
export function throttleVerdict(body: XmlElement): FailureFacts | null {
  const message = errorMessage(body);
  if (!/^\s*429\b/.test(message) && !/requested more than allowed over time interval/i.test(message))
    return null;
  const endpoint =
    /429:\s*((?:Get|Create|Update|Delete|Search|Register)[A-Za-z]{1,40})\s+endpoint/.exec(message)?.[1] ??
    null;
  const interval = /interval\s+(\d{1,8})\s*milliseconds/i.exec(message)?.[1];
  return { kind: 'throttled', endpoint, intervalMs: interval === undefined ? null : Number(interval) };
}

function errorResponse(body: XmlElement): XmlElement | null {
  const response = descendantNamed(body, 'ErrorResponse');
  return response && !response.nil ? response : null;
}

function errorMessage(body: XmlElement): string {
  const response = errorResponse(body);
  return (response && trimmedText(response, 'ErrorMessage')) ?? '';
}

const NOT_FOUND =
  /unable to find (the |a )?(patient|appointment)|(patient|appointment)\b.{0,40}\b(not found|does not exist)/i;
const LOGIN_REFUSED = /invalid user ?name and\/or password|unable to find user/i;

/** `ErrorResponse.IsError`; an answer that gives a message but no flag is an error too. */
export function errorVerdict(body: XmlElement): FailureFacts | null {
  const response = errorResponse(body);
  if (!response) return null;
  const message = errorMessage(body);
  const isError = childNamed(response, 'IsError') ? truthValue(response, 'IsError') : message !== '';
  if (isError === false) return null;
  if (isError === null) return { kind: 'malformed', reason: 'unexpected-shape', detail: 'IsError' };
  if (NULL_REFERENCE.test(message)) return ourBug('null-reference');
  if (LOGIN_REFUSED.test(message)) return { kind: 'auth', reason: 'bad-credentials', permissions: [] };
  const reason = NOT_FOUND.test(message) ? 'not-found' : 'other';
  return { kind: 'business-error', reason, wording: safeWording(message) };
}

/**
 * Decides by the three flags alone: `SecurityResultSuccess` contradicts itself in the vendor's own examples.
 * A refused login otherwise looks exactly like an empty day.
 */
export function securityVerdict(security: XmlElement): FailureFacts | null {
  if (truthValue(security, 'CustomerKeyValid') === false) return authRefusal('bad-customer-key');
  if (truthValue(security, 'Authenticated') === false) return authRefusal('bad-credentials');
  if (truthValue(security, 'Authorized') === false) return notAuthorised(security);
  const allGood = ['Authenticated', 'Authorized', 'CustomerKeyValid'].every((flag) =>
    truthValue(security, flag),
  );
  return allGood ? null : { kind: 'malformed', reason: 'unexpected-shape', detail: 'SecurityResponse' };
}

function authRefusal(reason: 'bad-customer-key' | 'bad-credentials'): FailureFacts {
  return { kind: 'auth', reason, permissions: [] };
}

const PERMISSIONS_MAX = 50;

function notAuthorised(security: XmlElement): FailureFacts {
  const missing = presentChild(security, 'PermissionsMissing');
  const names = missing && presentChild(missing, 'Permission');
  const permissions = childrenNamed(names, 'string')
    .slice(0, PERMISSIONS_MAX)
    .map((name) => safePermission(name.text));
  const noPractice = !presentChild(security, 'PracticesAuthorized')?.children.some(
    (list) => list.children.length,
  );
  const aboutPractice = /practice/i.test(trimmedText(security, 'SecurityResult') ?? '');
  if (permissions.length === 0 && (noPractice || aboutPractice)) {
    return { kind: 'auth', reason: 'practice-not-authorised', permissions };
  }
  return { kind: 'auth', reason: 'permission-missing', permissions };
}
