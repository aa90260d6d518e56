/** A whole answer with every value replaced: the same elements, in the same order, present, nil or empty as they were. */
import { escapeXml, parseXml, safeWording, type XmlElement } from '@workflow-bolt/ehr';
import { isKnownName, isKnownNamespace, isListedMember } from './known-names.ts';
import { type Mixer, synthetic } from './synthetic-value.ts';

export interface MemberFacts {
  present: number;
  nil: number;
  empty: number;
  lengthMin: number;
  lengthMax: number;
  forms: Record<string, number>;
  formats: Record<string, number>;
  /** Words outside the fixed list where one is expected. */
  strangeWords: number;
}

export interface SyntheticAnswer {
  readonly text: string;
  readonly members: Readonly<Record<string, MemberFacts>>;
  /** Elements that the published contract does not name; their names are not kept. */
  readonly unknownNames: number;
  readonly rows: number;
}

/** Rows that are kept of a list; more of the same kind tell nothing new. */
const ROWS_MAX = 60;
/** The vendor's own sentences: kept as far as they are made of harmless words. */
const SENTENCES = new Set(['ErrorMessage', 'SecurityResult', 'faultstring', 'Text', 'faultcode', 'Value']);
const LISTS = new Set([
  'Appointments',
  'Patients',
  'Providers',
  'Practices',
  'ServiceLocations',
  'ThrottleDetails',
]);

class Replacing {
  readonly members: Record<string, MemberFacts> = {};
  readonly #mix: Mixer;
  unknownNames = 0;
  rows = 0;

  constructor(mix: Mixer) {
    this.#mix = mix;
  }

  element(given: XmlElement): string {
    const isKnown = isKnownName(given.name);
    if (!isKnown) this.unknownNames += 1;
    const name = isKnown ? given.name : 'UnknownMember';
    const namespace = isKnownNamespace(given.namespace) ? given.namespace : 'urn:unknown';
    const nil = given.nil ? ' xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"' : '';
    const content = given.nil ? '' : this.#content(name, given);
    this.#count(name, given);
    return `<${name} xmlns="${namespace}"${nil}>${content}</${name}>`;
  }

  #content(name: string, given: XmlElement): string {
    const children = LISTS.has(name) ? this.#rowsOf(given) : given.children;
    if (given.children.length > 0) return children.map((child) => this.element(child)).join('');
    return escapeXml(this.#value(name, given.text));
  }

  #rowsOf({ children }: XmlElement): readonly XmlElement[] {
    this.rows += children.length;
    return children.slice(0, ROWS_MAX);
  }

  #value(name: string, text: string): string {
    if (text === '' || name === 'StackTrace') return '';
    if (SENTENCES.has(name)) return safeWording(text);
    const made = synthetic(name, text, this.#mix);
    const facts = this.#facts(name);
    facts.forms[made.form] = (facts.forms[made.form] ?? 0) + 1;
    if (made.format !== null) facts.formats[made.format] = (facts.formats[made.format] ?? 0) + 1;
    if (isListedMember(name) && made.form === 'text') facts.strangeWords += 1;
    return made.text;
  }

  #count(name: string, { nil, text, children }: XmlElement): void {
    if (children.length > 0) return;
    const facts = this.#facts(name);
    facts.present += 1;
    if (nil) facts.nil += 1;
    else if (text === '') facts.empty += 1;
    facts.lengthMin = Math.min(facts.lengthMin, text.length);
    facts.lengthMax = Math.max(facts.lengthMax, text.length);
  }

  #facts(name: string): MemberFacts {
    const none = { present: 0, nil: 0, empty: 0, lengthMin: Number.MAX_SAFE_INTEGER, lengthMax: 0 };
    this.members[name] ??= { ...none, forms: {}, formats: {}, strangeWords: 0 };
    return this.members[name];
  }
}

/** Replaces an answer. Throws `XmlRefused` for one that cannot be read: of such nothing is kept but that. */
export function syntheticAnswer(text: string, mix: Mixer): SyntheticAnswer {
  const replacing = new Replacing(mix);
  const made = `<?xml version="1.0" encoding="utf-8"?>${replacing.element(parseXml(text))}`;
  const { members, unknownNames, rows } = replacing;
  return { text: made, members, unknownNames, rows };
}
