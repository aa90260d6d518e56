import type { EhrResult } from '../ehr-failure.ts';
import { exchange, type HttpAnswer, type HttpExchange } from '../http-exchange.ts';

export { ANSWER_BYTES_MAX, CALL_DEADLINE_MS } from '../http-exchange.ts';

/** One SOAP POST. */
export interface HttpCall extends Omit<HttpExchange, 'method' | 'headers' | 'body'> {
  readonly soapAction: string;
  readonly body: string;
}

/** Sends the call and reads the whole answer. Never throws, and keeps nothing of an error but its code. */
export function httpCall({ soapAction, ...call }: HttpCall): Promise<EhrResult<HttpAnswer>> {
  const headers = {
    'content-type': 'text/xml; charset=utf-8',
    soapaction: `"${soapAction}"`,
    accept: 'text/xml',
  };
  return exchange({ ...call, method: 'POST', headers });
}
