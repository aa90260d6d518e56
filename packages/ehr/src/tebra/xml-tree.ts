import { SaxesParser } from 'saxes';
import type { MalformedReason } from '../ehr-failure.ts';

/**
 * Strict XML into a small tree, with a limit on everything. A document type is refused outright, so no entity
 * can be declared and none expands.
 */

export interface XmlElement {
  readonly name: string;
  readonly namespace: string;
  /** True for xsi:nil, which means something else than an empty element. */
  readonly nil: boolean;
  readonly children: XmlElement[];
  /** The element's own text, character data sections included. */
  text: string;
}

export interface XmlLimits {
  /** An answer nests about 10 deep. */
  readonly depthMax: number;
  /** A full day of 400 rows has 30,000 elements. */
  readonly elementsMax: number;
}

export const XML_LIMITS: XmlLimits = { depthMax: 40, elementsMax: 600_000 };

/** Why a text is no acceptable XML. It quotes nothing of the text. */
export class XmlRefused extends Error {
  override readonly name = 'XmlRefused';
  readonly reason: MalformedReason | 'doctype';

  constructor(reason: MalformedReason | 'doctype') {
    super(reason);
    this.reason = reason;
  }
}

const XSI = 'http://www.w3.org/2001/XMLSchema-instance';

type Attributes = Readonly<Record<string, { uri: string; local: string; value: string }>>;

function isNil(attributes: Attributes): boolean {
  return Object.values(attributes).some(
    ({ uri, local, value }) => uri === XSI && local === 'nil' && (value === 'true' || value === '1'),
  );
}

class TreeBuilder {
  root: XmlElement | null = null;
  readonly #open: XmlElement[] = [];
  readonly #limits: XmlLimits;
  #elements = 0;

  constructor(limits: XmlLimits) {
    this.#limits = limits;
  }

  enter(name: string, namespace: string, attributes: Attributes): void {
    this.#elements += 1;
    if (this.#elements > this.#limits.elementsMax) throw new XmlRefused('too-many-elements');
    if (this.#open.length >= this.#limits.depthMax) throw new XmlRefused('too-deep');
    const element: XmlElement = { name, namespace, nil: isNil(attributes), children: [], text: '' };
    this.#open.at(-1)?.children.push(element);
    this.root ??= element;
    this.#open.push(element);
  }

  write(text: string): void {
    const current = this.#open.at(-1);
    if (current) current.text += text;
  }

  leave(): void {
    this.#open.pop();
  }
}

function newParser(builder: TreeBuilder) {
  const parser = new SaxesParser({
    xmlns: true,
    position: false,
    // XML 1.1 would let control characters in by reference.
    forceXMLVersion: true,
    defaultXMLVersion: '1.0',
  });
  parser.on('doctype', () => {
    throw new XmlRefused('doctype');
  });
  parser.on('xmldecl', ({ encoding }) => {
    if (encoding && !/^utf-?8$/i.test(encoding)) throw new XmlRefused('encoding');
  });
  parser.on('opentag', (tag) => builder.enter(tag.local, tag.uri, tag.attributes));
  parser.on('text', (text) => builder.write(text));
  parser.on('cdata', (text) => builder.write(text));
  parser.on('closetag', () => builder.leave());
  return parser;
}

function refusalFor(error: unknown, isCut: boolean): XmlRefused {
  if (error instanceof XmlRefused) return error;
  if (isCut) return new XmlRefused('truncated');
  const message = error instanceof Error ? error.message : '';
  const aboutCharacter = /disallowed character/i.test(message) && !/entity/i.test(message);
  return new XmlRefused(aboutCharacter ? 'illegal-character' : 'not-well-formed');
}

/** A bare ampersand also makes the parser run to the end; only a text without its last tag was cut. */
function endsWithRoot(text: string, root: XmlElement | null): boolean {
  const lastTag = /<\/(?:[^<>:/]+:)?([^<>:/\s]+)\s*>\s*$/.exec(text.slice(-1_000));
  return root !== null && lastTag?.[1] === root.name;
}

/** Parses a whole document and returns its root. Throws XmlRefused; the parser's own message is not kept. */
export function parseXml(text: string, limits: XmlLimits = XML_LIMITS): XmlElement {
  const builder = new TreeBuilder(limits);
  let isAtEnd = false;
  try {
    const parser = newParser(builder);
    parser.write(text);
    isAtEnd = true;
    parser.close();
  } catch (error) {
    throw refusalFor(error, isAtEnd && !endsWithRoot(text, builder.root));
  }
  if (!builder.root) throw new XmlRefused('truncated');
  return builder.root;
}
