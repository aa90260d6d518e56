/**
 * Parser of `text/event-stream` (WHATWG HTML, "Server-sent events"), fed with bytes cut anywhere.
 * A line ends at LF, CR or CRLF; a CR ends its line at once, and an LF that follows, even in the next chunk,
 * belongs to it. An event that is not ended by an empty line before the end of the stream is discarded.
 */
export type SseEvent = {
  name: string;
  data: string;
  /** The `id` of this very event; null when it had none (unlike `lastEventId`, which persists). */
  id: string | null;
};

export class SseTooLarge extends Error {}

/** One event may not exceed this many characters: a stream that never ends its event is a fault. */
const eventCharsMax = 16_000_000;

export class SseParser {
  #decoder = new TextDecoder();
  #charsMax: number;
  #isLfSkipped = false;
  /** Pieces of the line that has not ended yet; joined once, so that a long line costs linear time. */
  #pieces: string[] = [];
  #chars = 0;
  #data: string[] = [];
  #name = '';
  #id: string | null = null;
  #events: SseEvent[] = [];
  lastEventId = '';
  /** The reconnection time the server asked for, in ms. */
  retryMs: number | null = null;

  constructor(charsMax = eventCharsMax) {
    this.#charsMax = charsMax;
  }

  /** Events completed by this chunk, oldest first. Throws `SseTooLarge`. */
  push(chunk: Uint8Array): SseEvent[] {
    this.#scan(this.#decoder.decode(chunk, { stream: true }));
    const events = this.#events;
    if (events.length > 0) this.#events = [];
    return events;
  }

  #scan(text: string): void {
    let from = 0;
    if (this.#isLfSkipped && text.length > 0) {
      this.#isLfSkipped = false;
      if (text.startsWith('\n')) from = 1;
    }
    let cr = text.indexOf('\r', from);
    while (from < text.length) {
      if (cr >= 0 && cr < from) cr = text.indexOf('\r', from);
      const lf = text.indexOf('\n', from);
      const end = cr < 0 ? lf : lf < 0 ? cr : Math.min(lf, cr);
      if (end < 0) {
        this.#keep(text.slice(from));
        return;
      }
      this.#keep(text.slice(from, end));
      this.#endLine();
      from = end + 1;
      if (text[end] === '\r') {
        if (from === text.length) this.#isLfSkipped = true;
        else if (text[from] === '\n') from += 1;
      }
    }
  }

  #keep(piece: string): void {
    this.#chars += piece.length;
    if (this.#chars > this.#charsMax) throw new SseTooLarge(`an event exceeds ${this.#charsMax} characters`);
    if (piece.length > 0) this.#pieces.push(piece);
  }

  #endLine(): void {
    const line = this.#pieces.length === 1 ? (this.#pieces[0] as string) : this.#pieces.join('');
    this.#pieces.length = 0;
    if (line === '') this.#dispatch();
    else this.#field(line);
  }

  #field(line: string): void {
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const name = colon < 0 ? line : line.slice(0, colon);
    const start = colon < 0 ? line.length : line[colon + 1] === ' ' ? colon + 2 : colon + 1;
    const value = line.slice(start);
    if (name === 'data') this.#data.push(value);
    else if (name === 'event') this.#name = value;
    else if (name === 'id' && !value.includes('\0')) this.#id = value;
    else if (name === 'retry' && /^\d+$/.test(value)) this.retryMs = Number(value);
  }

  #dispatch(): void {
    if (this.#id !== null) this.lastEventId = this.#id;
    if (this.#data.length > 0)
      this.#events.push({ name: this.#name || 'message', data: this.#data.join('\n'), id: this.#id });
    this.#data = [];
    this.#name = '';
    this.#id = null;
    this.#chars = 0;
  }
}
