/** Called with the payload's place in `bytes`; the buffer is reused afterwards. */
export type WsPayload = (bytes: Buffer, from: number, to: number) => void;

/**
 * The least that reads a server's frames: unmasked, unfragmented text or binary. Frames are looked at in the receive
 * buffer and only what a read cut off is copied, as the event stream reader does it.
 */
export class WsFrameParser {
  readonly #onPayload: WsPayload;
  #carry: Buffer | null = null;

  constructor(onPayload: WsPayload) {
    this.#onPayload = onPayload;
  }

  push(bytes: Buffer, length: number): void {
    const part = bytes.subarray(0, length);
    const all = this.#carry ? Buffer.concat([this.#carry, part]) : part;
    this.#carry = null;
    let at = 0;
    while (at < all.length) {
      const end = this.#takeFrame(all, at);
      if (end < 0) {
        this.#carry = Buffer.from(all.subarray(at));
        return;
      }
      at = end;
    }
  }

  /** Where the frame at `at` ends; -1 while bytes are missing. */
  #takeFrame(all: Buffer, at: number): number {
    const left = all.length - at;
    if (left < 2) return -1;
    const short = (all[at + 1] ?? 0) & 0x7f;
    const head = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (left < head) return -1;
    const size = short < 126 ? short : short === 126 ? all.readUInt16BE(at + 2) : all.readUInt32BE(at + 6);
    const end = at + head + size;
    if (end > all.length) return -1;
    const opcode = (all[at] ?? 0) & 0x0f;
    if (opcode === 1 || opcode === 2) this.#onPayload(all, at + head, end);
    return end;
  }
}

/** A short masked text frame, as a client must send it. The mask of zeroes is allowed and leaves the text as it is. */
export function clientTextFrame(text: string): Buffer {
  const body = Buffer.from(text);
  const head =
    body.length < 126
      ? Buffer.from([0x81, 0x80 | body.length, 0, 0, 0, 0])
      : Buffer.from([0x81, 0x80 | 126, body.length >> 8, body.length & 0xff, 0, 0, 0, 0]);
  return Buffer.concat([head, body]);
}
