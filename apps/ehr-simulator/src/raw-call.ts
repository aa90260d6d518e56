import type { Credentials } from './auth.ts';
import { escapeText } from './soap/envelope-write.ts';

/**
 * Hand-made calls for the simulator's own tests: nothing of the product's client is used, so that both cannot be wrong in
 * the same way.
 */
export interface RawAnswer {
  status: number;
  text: string;
}

const KAR = 'http://www.kareo.com/api/schemas/';

/** The RequestHeader of a login, in the order the contract wants. */
export function headerXml(login: Credentials): string {
  return (
    `<RequestHeader><CustomerKey>${escapeText(login.customerKey)}</CustomerKey>` +
    `<Password>${escapeText(login.password)}</Password><User>${escapeText(login.user)}</User></RequestHeader>`
  );
}

/** A whole message; `inner` is what follows the header inside the request. */
export function messageXml(operation: string, inner: string, header: string): string {
  return (
    '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>' +
    `<${operation} xmlns="${KAR}"><request>${header}${inner}</request></${operation}></soap:Body></soap:Envelope>`
  );
}

/** Posts a message under an operation's SOAPAction, or another. */
export async function post(
  url: string,
  operation: string,
  message: string,
  action = `"${KAR}KareoServices/${operation}"`,
): Promise<RawAnswer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'text/xml; charset=utf-8', soapaction: action },
    body: message,
  });
  return { status: response.status, text: await response.text() };
}

/** Calls an operation as the simulator's first user. */
export function rawCall(
  simulator: { url: string; credentials: Credentials },
  operation: string,
  inner: string,
): Promise<RawAnswer> {
  return post(simulator.url, operation, messageXml(operation, inner, headerXml(simulator.credentials)));
}

/** A GetAppointments body with criteria in the given order. */
export function scheduleXml(criteria: Readonly<Record<string, string>>, fields = '<Fields/>'): string {
  const inner = Object.entries(criteria).map(([name, value]) => `<${name}>${escapeText(value)}</${name}>`);
  return `${fields}<Filter>${inner.join('')}</Filter>`;
}

/** The texts of all elements of a name, in order; nil and empty ones are empty texts. */
export function textsOf(xml: string, name: string): string[] {
  const pattern = new RegExp(`<(?:\\w+:)?${name}(?: [^>]*)?(?:/>|>([^<]*)</)`, 'g');
  return [...xml.matchAll(pattern)].map((match) => match[1] ?? '');
}
