/** A prepared call of one library function, and how to read its reply. */
export type ReplyFieldType = 'int' | 'list' | 'raw';
export type FunctionCall<Reply> = {
  name: string;
  isReadOnly: boolean;
  keys: readonly string[];
  args: readonly (string | number)[];
  /** Reply fields that are not text. */
  fields: { readonly [name: string]: ReplyFieldType };
  /** Only for the compiler: what `readReply` yields. */
  readonly reply?: Reply;
};

function readField(type: ReplyFieldType | undefined, value: unknown): unknown {
  if (type === 'int') return Number(value);
  return value;
}

/** Turns the reply's alternating words and values into an object. Throws TypeError on any other shape. */
export function readReply<Reply>(call: FunctionCall<Reply>, reply: unknown): Reply {
  if (!Array.isArray(reply) || reply[0] !== 'status' || reply.length % 2 !== 0) {
    throw new TypeError(`${call.name} answered in an unknown shape`);
  }
  const found: Record<string, unknown> = {};
  for (let i = 0; i < reply.length; i += 2) {
    const name = String(reply[i]);
    found[name] = readField(call.fields[name], reply[i + 1]);
  }
  return found as Reply;
}

/** The command as sent: FCALL, or FCALL_RO for readers. */
export function commandOf(call: FunctionCall<unknown>): [string, ...(string | number)[]] {
  const name = call.isReadOnly ? 'FCALL_RO' : 'FCALL';
  return [name, call.name, call.keys.length, ...call.keys, ...call.args];
}
