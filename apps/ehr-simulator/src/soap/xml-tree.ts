import { SaxesParser, type SaxesTagNS } from 'saxes';

/** A parsed element: local name, namespace, children in order, and its own text. */
export interface XmlElement {
  name: string;
  uri: string;
  nil: boolean;
  children: XmlElement[];
  text: string;
}

/** The text is not XML this service would read. */
export class XmlRefused extends Error {}

const XSI = 'http://www.w3.org/2001/XMLSchema-instance';
const DEPTH_MAX = 32;
const ELEMENTS_MAX = 10_000;

/** Parses a namespace-aware document; throws XmlRefused on a DTD, on malformed text, on absurd depth or size. */
export function parseXml(text: string): XmlElement {
  const parser = new SaxesParser({ xmlns: true });
  const root: XmlElement = { name: '', uri: '', nil: false, children: [], text: '' };
  const open: XmlElement[] = [root];
  let count = 0;
  parser.on('doctype', () => {
    throw new XmlRefused('DTD is prohibited in this XML document.');
  });
  parser.on('error', (error) => {
    throw new XmlRefused(error.message);
  });
  parser.on('opentag', (tag: SaxesTagNS) => {
    if (++count > ELEMENTS_MAX || open.length > DEPTH_MAX)
      throw new XmlRefused('The XML quota has been exceeded.');
    const element = elementOf(tag);
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on('closetag', () => {
    open.pop();
  });
  const add = (piece: string) => {
    const current = open.at(-1);
    if (current) current.text += piece;
  };
  parser.on('text', add);
  parser.on('cdata', add);
  parser.write(text).close();
  const [document] = root.children;
  if (!document) throw new XmlRefused('Root element is missing.');
  return document;
}

function elementOf(tag: SaxesTagNS): XmlElement {
  const nil = Object.values(tag.attributes).some(
    (attribute) =>
      attribute.uri === XSI && attribute.local === 'nil' && /^(true|1)$/.test(attribute.value.trim()),
  );
  return { name: tag.local, uri: tag.uri, nil, children: [], text: '' };
}
