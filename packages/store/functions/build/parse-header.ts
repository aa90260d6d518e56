/**
 * The header of a function file, which is its contract: parsed here, and turned into the TypeScript call and
 * the reference page. Sections come in one order and none may be missing.
 */
export type FieldType = 'text' | 'int' | 'list' | 'pairs' | 'raw';
export type Field = { name: string; type: FieldType; about: string };
export type Outcome = { status: string; fields: { name: string; type: FieldType }[]; about: string };
export type FunctionHeader = {
  name: string;
  summary: string;
  rules: string[];
  keys: Field[];
  argv: Field[];
  returns: Outcome[];
  refuses: Outcome[];
  flags: string[];
  events: string;
  cost: string;
  includes: string[];
};

const sections = ['rules', 'KEYS', 'ARGV', 'RETURNS', 'REFUSES', 'FLAGS', 'EVENTS', 'COST'] as const;
type Section = (typeof sections)[number];
const types = new Set<string>(['text', 'int', 'list', 'pairs', 'raw']);

function fail(name: string, why: string): never {
  throw new Error(`functions/${name}.lua: ${why}`);
}

/** Splits the leading `---` lines into the summary and the sections, checking that all are there in order. */
function splitSections(name: string, lines: string[]): { summary: string; body: Map<Section, string[]> } {
  const body = new Map<Section, string[]>();
  const summary: string[] = [];
  let current: Section | null = null;
  for (const line of lines) {
    const heading = /^(\w+):(.*)$/.exec(line);
    const section = sections.find((s) => s === heading?.[1]);
    if (section) {
      if (sections.indexOf(section) !== body.size) fail(name, `${section} is out of order`);
      current = section;
      body.set(section, heading?.[2]?.trim() ? [heading[2].trim()] : []);
    } else if (current === null) summary.push(line);
    else if (line.trim()) body.get(current)?.push(line.trim());
  }
  for (const section of sections)
    if (!body.get(section)?.length) fail(name, `${section} is missing or empty`);
  if (!summary.join('').trim()) fail(name, 'the summary is missing');
  return { summary: summary.join(' ').replace(/\s+/g, ' ').trim(), body };
}

function asType(name: string, text: string): FieldType {
  if (!types.has(text)) fail(name, `unknown type ${text}`);
  return text as FieldType;
}

function parseFields(name: string, lines: string[], isTyped: boolean): Field[] {
  if (lines.join() === 'none') return [];
  return lines.map((line) => {
    const match =
      /^(\w+): (\w+); (.+)$/.exec(line) ?? fail(name, `write "name: type; sentence", not "${line}"`);
    const [, field = '', type = '', about = ''] = match;
    if (isTyped) return { name: field, type: asType(name, type), about };
    // A key's type is Redis's (hash, stream): it is part of the sentence, the call passes a name, or a list of names.
    return { name: field, type: type === 'list' ? 'list' : 'text', about: `${type}; ${about}` };
  });
}

function parseOutcomes(name: string, lines: string[]): Outcome[] {
  if (lines.join() === 'none') return [];
  return lines.map((line) => {
    const match =
      /^(\w+): ([^;]+); (.+)$/.exec(line) ?? fail(name, `write "status: fields; sentence", not "${line}"`);
    const [, status = '', fieldText = '', about = ''] = match;
    const fields = fieldText
      .trim()
      .split(/\s+/)
      .map((word) => {
        const [field = '', type = 'text'] = word.split(':');
        return { name: field, type: asType(name, type) };
      });
    return { status, fields, about };
  });
}

/** Reads one function file. Throws, naming the file, when its header breaks the form. */
export function parseHeader(name: string, source: string): FunctionHeader {
  const comment = source.split('\n').filter((line) => line.startsWith('---'));
  const lines = comment.map((line) => line.replace(/^--- ?/, ''));
  const includes = lines.flatMap((line) => /^@include "(\w+)"$/.exec(line)?.[1] ?? []);
  const { summary, body } = splitSections(
    name,
    lines.filter((line) => !line.startsWith('@include')),
  );
  const keys = parseFields(name, body.get('KEYS') ?? [], false);
  if (keys.slice(0, -1).some((key) => key.type === 'list')) fail(name, 'only the last key may be a list');
  const text = (section: Section): string => (body.get(section) ?? []).join(' ');
  const flags = text('FLAGS') === 'none' ? [] : text('FLAGS').split(/\s+/);
  if (flags.some((flag) => flag !== 'no-writes')) fail(name, `only the flag no-writes is allowed`);
  return {
    name,
    summary,
    rules: text('rules').split(/\s+/),
    keys,
    argv: parseFields(name, body.get('ARGV') ?? [], true),
    returns: parseOutcomes(name, body.get('RETURNS') ?? []),
    refuses: parseOutcomes(name, body.get('REFUSES') ?? []),
    flags,
    events: text('EVENTS'),
    cost: text('COST'),
    includes,
  };
}
