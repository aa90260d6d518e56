/** TypeScript for the library: its source with hash, and one typed call per function. */
import type { Library } from './build-library.ts';
import type { Field, FieldType, FunctionHeader, Outcome } from './parse-header.ts';

const banner = '// Generated from packages/store/functions by `npm run generate`. Do not edit.\n';

const camel = (name: string): string => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
const pascal = (name: string): string => camel(`_${name}`);

const argTypes: Record<FieldType, string> = {
  text: 'string',
  int: 'number',
  list: 'readonly string[]',
  pairs: 'readonly (readonly [string, string | number])[]',
  raw: 'unknown',
};
const replyTypes: Record<FieldType, string> = {
  text: 'string',
  int: 'number',
  list: 'string[]',
  pairs: 'never',
  raw: 'unknown',
};

export function renderLibrary(library: Library): string {
  return `${banner}
/** The Redis function library of this version. */
export const functionLibrary = {
  name: '${library.name}',
  abi: ${library.abi},
  sha256: '${library.sha256}',
  functions: [${library.files.map((f) => `'b${library.abi}_${f.header.name}'`).join(', ')}],
  source: ${JSON.stringify(library.source)},
} as const;
`;
}

function record(fields: Field[], types: Record<FieldType, string>): string {
  const rows = fields.map((field) => `  /** ${field.about} */\n  ${field.name}: ${types[field.type]};`);
  return rows.length ? `{\n${rows.join('\n')}\n}` : 'Record<string, never>';
}

function outcomeType({ status, fields }: Outcome): string {
  const rows = fields.map((field) => `${field.name}: ${replyTypes[field.type]}`);
  return `  | { ${[`status: '${status}'`, ...rows].join('; ')} }`;
}

/** Names are counted by the command itself, so only the last of them may be a list. */
function encodeKey({ name, type }: Field): string {
  return type === 'list' ? `...keys.${name}` : `keys.${name}`;
}

function encodeArg(field: Field): string {
  if (field.type === 'list') return `args.${field.name}.length, ...args.${field.name}`;
  if (field.type === 'pairs') return `args.${field.name}.length, ...args.${field.name}.flat()`;
  return `args.${field.name}`;
}

/** Names of reply fields that are not text, so that the words can be read back. */
function fieldTable(outcomes: Outcome[]): string {
  const typed = outcomes.flatMap((o) => o.fields).filter((f) => f.type !== 'text');
  const entries = [...new Map(typed.map((f) => [f.name, f.type]))];
  return `{ ${entries.map(([name, type]) => `${name}: '${type}'`).join(', ')} }`;
}

function renderCall(header: FunctionHeader, abi: number): string {
  const { name, keys, argv, returns, refuses } = header;
  const Name = pascal(name);
  const parameters = [`keys: ${Name}Keys`, ...(argv.length ? [`args: ${Name}Args`] : [])];
  const argsType = argv.length ? `export type ${Name}Args = ${record(argv, argTypes)};\n` : '';
  return `export type ${Name}Keys = ${record(keys, argTypes)};
${argsType}export type ${Name}Reply =
${[...returns, ...refuses].map(outcomeType).join('\n')};
/** ${header.summary} Cost: ${header.cost}. */
export function ${camel(name)}Call(${parameters.join(', ')}): FunctionCall<${Name}Reply> {
  return {
    name: 'b${abi}_${name}',
    isReadOnly: ${header.flags.includes('no-writes')},
    keys: [${keys.map(encodeKey).join(', ')}],
    args: [${argv.map(encodeArg).join(', ')}],
    fields: ${fieldTable([...returns, ...refuses])},
  };
}
`;
}

export function renderCalls(library: Library): string {
  const calls = library.files.map((file) => renderCall(file.header, library.abi));
  return `${banner}
import type { FunctionCall } from '../function-call.ts';

${calls.join('\n')}`;
}
