import {
  type EhrFailure,
  type EhrResult,
  ehrFailed,
  ehrFailure,
  ehrOk,
  type FailureFacts,
} from '../ehr-failure.ts';
import type { HttpAnswer } from '../http-exchange.ts';
import { answerText } from './answer-text.ts';
import { childNamed, presentChild } from './element-reading.ts';
import { errorVerdict, faultVerdict, securityVerdict, throttleVerdict } from './soap-verdict.ts';
import { parseXml, type XmlElement, XmlRefused } from './xml-tree.ts';

/**
 * From bytes to the operation's result element, or to the one failure that explains why there is none. The
 * order of the questions matters: a refused login and a throttled call both come as HTTP 200 with no rows, and
 * data is read only when every earlier question was answered well.
 */
export function readAnswer(operation: string, answer: HttpAnswer): EhrResult<XmlElement> {
  const body = soapBody(answer);
  if (!body.ok) return body;
  return judge(operation, answer, body.value);
}

function judge(operation: string, answer: HttpAnswer, body: XmlElement): EhrResult<XmlElement> {
  const fault = childNamed(body, 'Fault');
  if (fault) return ehrFailed(faultVerdict(fault, answer.status));
  const throttled = throttleVerdict(body);
  if (throttled) return ehrFailed(throttled);
  if (answer.status !== 200) return ehrFailed(badStatus(operation, answer));
  const result = resultElement(operation, body);
  const security = result && presentChild(result, 'SecurityResponse');
  // Refused security explains an error message better than its own text does, and must stop all calls.
  const refused = security ? securityVerdict(security) : null;
  const problem = (refused?.kind === 'auth' ? refused : null) ?? errorVerdict(body) ?? refused;
  if (problem) return ehrFailed(problem);
  if (!result) return ehrFailed(shape(`${operation}Result`));
  if (!security && operation !== 'GetCustomerIdFromKey') return ehrFailed(shape('SecurityResponse'));
  return ehrOk(result);
}

function resultElement(operation: string, body: XmlElement): XmlElement | null {
  const response = presentChild(body, `${operation}Response`);
  return response && presentChild(response, `${operation}Result`);
}

/** The failure of an answer that lacks a part it must have. */
export function shape(detail: string): FailureFacts {
  return { kind: 'malformed', reason: 'unexpected-shape', detail };
}

function badStatus(operation: string, answer: HttpAnswer): FailureFacts {
  if (answer.status === 429)
    return { kind: 'throttled', endpoint: operation, intervalMs: answer.retryAfterMs };
  return { kind: 'service-down', reason: 'http-status', httpStatus: answer.status };
}

function soapBody(answer: HttpAnswer): EhrResult<XmlElement> {
  const read = answerText(answer);
  if ('failure' in read) return { ok: false, failure: overHttp(answer, read.failure) };
  try {
    return bodyOf(parseXml(read.text), answer);
  } catch (error) {
    if (!(error instanceof XmlRefused)) throw error;
    return { ok: false, failure: overHttp(answer, xmlFailure(error, answer)) };
  }
}

function bodyOf(root: XmlElement, answer: HttpAnswer): EhrResult<XmlElement> {
  if (root.name !== 'Envelope') {
    const reason = root.name.toLowerCase() === 'html' ? 'html' : 'not-soap';
    return ehrFailed({ kind: 'service-down', reason, httpStatus: answer.status });
  }
  const body = presentChild(root, 'Body');
  return body ? ehrOk(body) : ehrFailed(shape('Body'));
}

function xmlFailure(error: XmlRefused, { status }: HttpAnswer): EhrFailure {
  if (error.reason === 'doctype') {
    return ehrFailure({ kind: 'service-down', reason: 'doctype', httpStatus: status });
  }
  return ehrFailure({ kind: 'malformed', reason: error.reason, detail: null });
}

/** A status that already says why there is no answer outweighs whatever stands in its body. */
function overHttp(answer: HttpAnswer, failure: EhrFailure): EhrFailure {
  if (answer.status === 429) {
    return ehrFailure({ kind: 'throttled', endpoint: null, intervalMs: answer.retryAfterMs });
  }
  const isServerError = answer.status >= 400 && failure.kind === 'malformed';
  if (!isServerError) return failure;
  return ehrFailure({ kind: 'service-down', reason: 'http-status', httpStatus: answer.status });
}
