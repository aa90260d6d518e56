/** One event of a stream. `data` is the text when it was asked for, else ''. */
export interface SseFrame {
  readonly event: string;
  /** The last id the stream gave, which may be an earlier event's. */
  readonly id: string;
  /** Bytes of the data lines, without their line ends. */
  readonly dataBytes: number;
  readonly data: string;
}

export interface SseParserSpec {
  /** Keep the text of the data; costs a string for each event. */
  readonly wantsData: boolean;
  /** The status line and headers are there, names in lower case. */
  readonly onHead: (status: number, headers: Readonly<Record<string, string>>) => void;
  readonly onFrame: (frame: SseFrame) => void;
  /** The body ended by its own rule (last chunk). */
  readonly onEnd: () => void;
}

const LF = 10;
const CR = 13;
const COLON = 58;
const SPACE = 32;
const HEAD_BYTES_MAX = 32_768;
const LINE_BYTES_MAX = 4 << 20;

type State = 'head' | 'size' | 'chunk' | 'chunk-end' | 'plain' | 'over';

/**
 * HTTP/1.1 response, chunked transfer coding and event stream in one pass over the bytes, written for many
 * connections in one process: lines are looked at in the receive buffer, and only what the end of a read cut off is
 * copied.
 */
export class SseParser {
  readonly #spec: SseParserSpec;
  #state: State = 'head';
  /** The beginning of a line (of head, size or stream) whose end has not arrived. */
  #carry: Buffer | undefined;
  /** A stream line may be cut by a chunk's end; its beginning waits here while the next size is read. */
  #lineCarry: Buffer | undefined;
  #chunkLeft = 0;
  #event = 'message';
  #id = '';
  #dataBytes = 0;
  #dataLines = 0;
  #data = '';

  constructor(spec: SseParserSpec) {
    this.#spec = spec;
  }

  /** Take the bytes from 0 to `length`; the buffer may be reused afterwards. Throws on what is no HTTP. */
  push(bytes: Buffer, length: number): void {
    let at = 0;
    while (at < length && this.#state !== 'over') {
      if (this.#state === 'head') at = this.#takeHead(bytes, at, length);
      else if (this.#state === 'size') at = this.#takeSize(bytes, at, length);
      else if (this.#state === 'chunk') at = this.#takeChunk(bytes, at, length);
      else if (this.#state === 'chunk-end') at = this.#takeChunkEnd(bytes, at, length);
      else {
        this.#takeLines(bytes, at, length);
        at = length;
      }
    }
  }

  #takeHead(bytes: Buffer, from: number, to: number): number {
    const before = this.#carry?.length ?? 0;
    const all = this.#joined(bytes, from, to);
    const end = all.indexOf('\r\n\r\n');
    if (end < 0) {
      if (all.length > HEAD_BYTES_MAX) throw new Error('the response head does not end');
      this.#carry = Buffer.from(all);
      return to;
    }
    this.#carry = undefined;
    const [statusLine = '', ...lines] = all.toString('latin1', 0, end).split('\r\n');
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1] ?? Number.NaN);
    if (Number.isNaN(status)) throw new Error(`not an HTTP/1.1 answer: ${statusLine.slice(0, 80)}`);
    const headers = Object.fromEntries(lines.map(splitHeader));
    this.#state = /chunked/i.test(headers['transfer-encoding'] ?? '') ? 'size' : 'plain';
    this.#spec.onHead(status, headers);
    return from + (end + 4 - before);
  }

  #takeSize(bytes: Buffer, from: number, to: number): number {
    const end = bytes.indexOf(LF, from);
    if (end < 0 || end >= to) {
      this.#carry = Buffer.from(this.#joined(bytes, from, to));
      return to;
    }
    const line = this.#joined(bytes, from, end).toString('latin1');
    this.#carry = undefined;
    const size = Number.parseInt(line, 16);
    if (Number.isNaN(size)) throw new Error(`not a chunk size: ${line.slice(0, 20)}`);
    this.#chunkLeft = size;
    this.#state = size === 0 ? 'over' : 'chunk';
    this.#carry = this.#lineCarry;
    this.#lineCarry = undefined;
    if (size === 0) this.#spec.onEnd();
    return end + 1;
  }

  #takeChunk(bytes: Buffer, from: number, to: number): number {
    const end = Math.min(to, from + this.#chunkLeft);
    this.#takeLines(bytes, from, end);
    this.#chunkLeft -= end - from;
    if (this.#chunkLeft === 0) {
      this.#state = 'chunk-end';
      this.#lineCarry = this.#carry;
      this.#carry = undefined;
    }
    return end;
  }

  #takeChunkEnd(bytes: Buffer, from: number, to: number): number {
    const end = bytes.indexOf(LF, from);
    if (end < 0 || end >= to) return to;
    this.#state = 'size';
    return end + 1;
  }

  #takeLines(bytes: Buffer, from: number, to: number): void {
    let at = from;
    while (at < to) {
      const end = bytes.indexOf(LF, at);
      if (end < 0 || end >= to) {
        this.#carry = Buffer.from(this.#joined(bytes, at, to));
        if (this.#carry.length > LINE_BYTES_MAX) throw new Error('a line of the stream does not end');
        return;
      }
      if (this.#carry) {
        const line = this.#joined(bytes, at, end);
        this.#carry = undefined;
        this.#takeLine(line, 0, line.length);
      } else this.#takeLine(bytes, at, end);
      at = end + 1;
    }
  }

  #takeLine(bytes: Buffer, from: number, lineEnd: number): void {
    const to = lineEnd > from && bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
    if (to === from) {
      this.#dispatch();
      return;
    }
    // Told apart by the place of the colon: data:, event:, id:. Comments and other fields fall through.
    if (bytes[from] === 0x64 && bytes[from + 4] === COLON)
      this.#takeData(bytes, valueStart(bytes, from + 5), to);
    else if (bytes[from] === 0x65 && bytes[from + 5] === COLON) {
      this.#event = bytes.toString('latin1', valueStart(bytes, from + 6), to);
    } else if (bytes[from] === 0x69 && bytes[from + 2] === COLON) {
      this.#id = bytes.toString('latin1', valueStart(bytes, from + 3), to);
    }
  }

  #takeData(bytes: Buffer, from: number, to: number): void {
    this.#dataBytes += to - from;
    if (this.#spec.wantsData) {
      this.#data += `${this.#dataLines > 0 ? '\n' : ''}${bytes.toString('utf8', from, to)}`;
    }
    this.#dataLines += 1;
  }

  #dispatch(): void {
    const frame = { event: this.#event, id: this.#id, dataBytes: this.#dataBytes, data: this.#data };
    const isEmpty = this.#dataLines === 0;
    this.#event = 'message';
    this.#dataBytes = 0;
    this.#dataLines = 0;
    this.#data = '';
    // As browsers do: a frame without data (a heartbeat comment, an id alone) is no event.
    if (!isEmpty) this.#spec.onFrame(frame);
  }

  #joined(bytes: Buffer, from: number, to: number): Buffer {
    const part = bytes.subarray(from, to);
    return this.#carry ? Buffer.concat([this.#carry, part]) : part;
  }
}

function valueStart(bytes: Buffer, from: number): number {
  return bytes[from] === SPACE ? from + 1 : from;
}

function splitHeader(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}
