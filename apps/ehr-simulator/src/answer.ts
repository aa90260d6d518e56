import { criteriaOf, type JournalEntry } from './journal.ts';
import { BusinessError, InternalFault, type Operation, PracticeNotAuthorized } from './operations/call.ts';
import { OPERATIONS_BY_ACTION } from './operations/index.ts';
import { envelope, escapeText, type WriteStyle, writeAnswer } from './soap/envelope-write.ts';
import { contractFilterFault, deserializationFault, internalFault, wrongBodyFault } from './soap/faults.ts';
import { NAMESPACES } from './soap/shape.ts';
import { shapeOf } from './soap/shapes.ts';
import { DeserializationError, type Fields, strictRead } from './soap/strict-read.ts';
import { parseXml, type XmlElement, XmlRefused } from './soap/xml-tree.ts';
import type { SimulatorState } from './state.ts';
import { throttleMessage } from './throttle.ts';

/** What goes back over HTTP; the empty body of a 400 is what WCF sends for an unreadable message. */
export interface Answer {
  status: number;
  body: string;
}

const ENVELOPE_NS = 'http://schemas.xmlsoap.org/soap/envelope/';

/** The operation a SOAPAction header names; quotes around it are optional. */
export function actionOf(header: string | undefined): string {
  return (header ?? '').trim().replace(/^"(.*)"$/, '$1');
}

/**
 * Answers one message: action, envelope, strict read, login, throttle, operation, write - in the vendor's order. The journal
 * entry is filled in on the way.
 */
export function answer(state: SimulatorState, action: string, text: string, entry: JournalEntry): Answer {
  try {
    return answerMessage(state, { action, text }, entry);
  } catch (error) {
    return faultFor(error, entry);
  }
}

function answerMessage(
  state: SimulatorState,
  message: { action: string; text: string },
  entry: JournalEntry,
): Answer {
  const body = bodyOf(parseXml(message.text));
  const known = OPERATIONS_BY_ACTION.get(message.action);
  const operation = known?.isUnpublished && !state.config.writes.statusOperation ? undefined : known;
  if (!operation) return noted(entry, 'fault:ActionNotSupported', 500, contractFilterFault(message.action));
  if (body.name !== operation.name || body.uri !== NAMESPACES.kar) {
    return noted(entry, 'fault:DeserializationFailed', 500, wrongBodyFault(operation.name, body));
  }
  const { parameter: named = 'request' } = operation;
  const parameter = body.children.find((child) => child.name === named && child.uri === NAMESPACES.kar);
  // A parameter that was not recognised arrives as null, and the service trips over it.
  if (!parameter || parameter.nil) throw new InternalFault();
  const reading = strictRead(parameter, shapeOf(operation.request));
  entry.dropped = reading.dropped;
  entry.criteria = criteriaOf(reading.value);
  return answerRequest(state, operation, reading.value, entry);
}

/** Notes which appointment a call was about although it is never answered; a message nobody can read stays unnoted. */
export function noteCriteria(action: string, text: string, entry: JournalEntry): void {
  const operation = OPERATIONS_BY_ACTION.get(action);
  if (!operation) return;
  try {
    const { parameter: named = 'request' } = operation;
    const parameter = bodyOf(parseXml(text)).children.find((child) => child.name === named);
    if (parameter) entry.criteria = criteriaOf(strictRead(parameter, shapeOf(operation.request)).value);
  } catch (error) {
    if (!(error instanceof XmlRefused) && !(error instanceof DeserializationError)) throw error;
  }
}

function bodyOf(document: XmlElement): XmlElement {
  if (document.name !== 'Envelope' || document.uri !== ENVELOPE_NS)
    throw new XmlRefused('not a SOAP 1.1 envelope');
  const body = document.children.find((child) => child.name === 'Body' && child.uri === ENVELOPE_NS);
  const content = body?.children[0];
  if (!content) throw new XmlRefused('empty body');
  return content;
}

function answerRequest(
  state: SimulatorState,
  operation: Operation,
  request: Fields,
  entry: JournalEntry,
): Answer {
  const { config } = state;
  const nowMs = state.clock.now();
  // GetCustomerIdFromKey carries its login as its own members.
  const header = (request.RequestHeader ?? request) as Fields;
  entry.credentials = header.Password || header.User || header.CustomerKey ? '[redacted]' : 'none';
  const verdict = state.auth.check(header, operation, { config, nowMs });
  if (!verdict.ok) {
    entry.outcome = `auth:${verdict.outcome}`;
    return written(state, operation, { ...baseWith(verdict.security), ...operation.noData });
  }
  const gapMs = state.throttle.refuse(operation.name, entry.arrivedMs, config.throttle);
  if (gapMs !== undefined) return throttled(state, operation, gapMs, entry);
  return performed(state, operation, { request, security: verdict.security, nowMs }, entry);
}

function performed(
  state: SimulatorState,
  operation: Operation,
  call: { request: Fields; security: Fields; nowMs: number },
  entry: JournalEntry,
): Answer {
  try {
    const data = operation.handle(
      { world: state.world, config: state.config, nowMs: call.nowMs, effects: entry.effects },
      call.request,
    );
    entry.outcome = 'ok';
    return written(state, operation, { ...baseWith(call.security), ...data });
  } catch (error) {
    if (error instanceof PracticeNotAuthorized) {
      const { security, outcome } = state.auth.practiceRefused(state.config);
      entry.outcome = `auth:${outcome}`;
      return written(state, operation, { ...baseWith(security), ...operation.noData });
    }
    if (!(error instanceof BusinessError)) throw error;
    entry.outcome = 'error';
    const ErrorResponse = { ErrorMessage: error.message, IsError: true, StackTrace: error.stackTrace };
    return written(state, operation, { ErrorResponse, SecurityResponse: call.security, ...operation.noData });
  }
}

/** The two base members when nothing went wrong in the ErrorResponse's sense. */
function baseWith(security: Fields): Fields {
  return {
    ErrorResponse: { ErrorMessage: null, IsError: false, StackTrace: null },
    SecurityResponse: security,
  };
}

function throttled(state: SimulatorState, operation: Operation, gapMs: number, entry: JournalEntry): Answer {
  entry.outcome = 'throttled';
  const ErrorMessage = throttleMessage(operation.name, gapMs);
  if (state.config.throttle.body === 'in-order') {
    return written(state, operation, { ErrorResponse: { ErrorMessage, IsError: true, StackTrace: null } });
  }
  // Strict clients have reported an answer they could not read: members in no contract's order.
  const [data] = Object.keys(operation.noData);
  return {
    status: 200,
    body: envelope(
      `<${operation.name}Response xmlns="${NAMESPACES.kar}"><${operation.name}Result ` +
        `xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><${data} i:nil="true"/><ErrorResponse><StackTrace i:nil="true"/>` +
        `<IsError>true</IsError><ErrorMessage>${escapeText(ErrorMessage)}</ErrorMessage></ErrorResponse>` +
        `</${operation.name}Result></${operation.name}Response>`,
    ),
  };
}

function written(state: SimulatorState, operation: Operation, fields: Fields): Answer {
  const shape = shapeOf(operation.response);
  return { status: 200, body: writeAnswer(operation.name, shape, fields, styleOf(state)) };
}

const LATER_MEMBERS: WriteStyle['extra'] = new Map(
  ['AppointmentData', 'AppointmentCreate', 'PatientData', 'ProviderData', 'PracticeData'].map((shape) => [
    shape,
    '<VirtualVisitUrl i:nil="true"/><ZoneOfLaterVersion>1</ZoneOfLaterVersion>',
  ]),
);

function styleOf({ config }: SimulatorState): WriteStyle {
  return { absent: config.data.absent, extra: config.data.unknownMembers ? LATER_MEMBERS : new Map() };
}

function faultFor(error: unknown, entry: JournalEntry): Answer {
  if (error instanceof XmlRefused) return noted(entry, 'fault:BadRequest', 400, '');
  if (error instanceof DeserializationError) {
    return noted(entry, 'fault:DeserializationFailed', 500, deserializationFault(error.message));
  }
  if (error instanceof InternalFault) return noted(entry, 'fault:InternalServiceFault', 500, internalFault());
  throw error;
}

function noted(entry: JournalEntry, outcome: string, status: number, body: string): Answer {
  entry.outcome = outcome;
  return { status, body };
}
