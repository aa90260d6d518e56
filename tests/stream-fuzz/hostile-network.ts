/**
 * What lies between: it loses, repeats, swaps, delays and cuts, holds whole answers back, answers in the
 * server's place, and still delivers to a client that has hung up.
 */

import type { StreamSink, StreamTransport } from '@workflow-bolt/client';
import { formatCursor, parseCursor, type View } from '@workflow-bolt/contracts';
import type { Random } from './random.ts';
import type { Note, ReferenceServer, SentFrame, ServerConnection } from './reference-server.ts';
import type { VirtualTime } from './virtual-time.ts';

export type NetworkPorts = {
  time: VirtualTime;
  random: Random;
  server: ReferenceServer;
  note: Note;
  /** Runs a delivery that must change nothing, and complains when it does. */
  expectNoChange: (deliver: () => void) => void;
  /** A change was taken out of a frame: the copy is wrong until a heartbeat shows it. */
  onOmission: () => void;
};

/** A proxy may hold an answer back: what was left out of it is missing only once the reader has it. */
type Buffered = { bytes: Uint8Array; isOmission: boolean };
type Item = { frame: SentFrame; isRepeat: boolean; isOmission: boolean };

export class HostileNetwork {
  /** Frame faults and opening faults happen only while this is on. */
  isHostile = true;
  isDown = false;
  isBuffering = false;
  isSignedOut = false;
  readonly #ports: NetworkPorts;
  readonly #links = new Set<Link>();

  constructor(ports: NetworkPorts) {
    this.#ports = ports;
  }

  get ports(): NetworkPorts {
    return this.#ports;
  }

  transport: StreamTransport = (url, sink) => {
    const link = new Link(this, sink);
    this.#links.add(link);
    link.open(new URL(url, 'http://model').searchParams);
    return () => {
      this.#links.delete(link);
      link.hangUp();
    };
  };

  cutAll(how: 'reset' | 'silent' | 'mid-frame'): void {
    for (const link of [...this.#links]) {
      link.cut(how);
      if (how !== 'silent') this.#links.delete(link);
    }
  }
}

export class Link {
  readonly #network: HostileNetwork;
  readonly #sink: StreamSink;
  #connection: ServerConnection | null = null;
  #readyAt = 0;
  #isDead = false;
  #isHungUp = false;
  #heldBack: Item[] = [];
  #buffered: Buffered[] = [];
  readonly #delivered: SentFrame[] = [];
  readonly #lineEnd: string;
  #isFirst = true;
  /** Of the first answer only the hello arrives. */
  #losesAnswer = false;
  /** The reader lost news about its position; what follows it arrives. */
  #isOwed = false;

  constructor(network: HostileNetwork, sink: StreamSink) {
    this.#network = network;
    this.#sink = sink;
    this.#lineEnd = network.ports.random.pick(['\n', '\r\n', '\r']);
  }

  open(query: URLSearchParams): void {
    const { random, note, time } = this.#network.ports;
    const how = this.#howItOpens();
    if (how !== 'fine') note(`open ${how}`);
    const ms = random.int(2, 80);
    if (how === 'hang') return;
    time.schedule('client', ms, () => this.#answer(how, query));
  }

  #howItOpens(): Opening {
    const { isDown, isSignedOut, isHostile } = this.#network;
    if (isDown) return 'fail';
    if (isSignedOut) return 'unauthorised';
    if (!isHostile) return 'fine';
    return this.#network.ports.random.weighted({
      fine: 82,
      fail: 5,
      hang: 2,
      refuse: 3,
      html: 3,
      'other cursor': 3,
      'no hello': 1,
      'lost answer': 7,
    });
  }

  #answer(how: Opening, query: URLSearchParams): void {
    if (this.#isDead || this.#isHungUp) return;
    if (how === 'fail') {
      this.#sink.failed('network');
      return;
    }
    if (how === 'html') {
      this.#sink.failed('not-a-stream');
      return;
    }
    if (how === 'unauthorised') {
      this.#sink.refused({ status: 401, retryAfterMs: 0 });
      return;
    }
    if (how === 'refuse') {
      this.#sink.refused({ status: 503, retryAfterMs: 2_000 });
      return;
    }
    this.#sink.headers();
    if (how === 'no hello') return;
    const cursor = query.get('cursor');
    const connection: ServerConnection = {
      view: (query.get('view') ?? 'staff') as View,
      isPoll: query.get('mode') === 'poll',
      isDeaf: false,
      accounted: 0,
      pending: [],
      send: (frames) => this.#send(frames),
      end: () => this.#end(),
    };
    this.#connection = connection;
    this.#losesAnswer = how === 'lost answer';
    this.#network.ports.server.attach(
      connection,
      how === 'other cursor' ? this.#otherCursor(cursor) : cursor,
    );
  }

  /** As if an older release, or a page with another view, had made the cursor. */
  #otherCursor(text: string | null): string | null {
    const cursor = text === null ? null : parseCursor(text);
    if (cursor === null) return 'unreadable';
    const isView = this.#network.ports.random.chance(0.5);
    const view = cursor.view === 'staff' ? 'wall' : 'staff';
    return formatCursor(isView ? { ...cursor, view } : { ...cursor, schema: 0 });
  }

  hangUp(): void {
    this.#isHungUp = true;
    const { time, server, random } = this.#network.ports;
    const connection = this.#connection;
    if (connection) time.schedule('world', random.int(1, 5_000), () => server.detach(connection));
  }

  cut(how: 'reset' | 'silent' | 'mid-frame'): void {
    const { time, random, server } = this.#network.ports;
    const connection = this.#connection;
    if (connection) time.schedule('world', random.int(1, 3_000), () => server.detach(connection));
    if (how === 'mid-frame' && connection) this.#deliver(encode('event: ev\ndata: {"e":"'));
    this.#isDead = true;
    if (how !== 'silent') time.schedule('client', 0, () => this.#sink.failed('network'));
  }

  #send(frames: SentFrame[]): void {
    const isLost = this.#losesAnswer && !frames.some((frame) => frame.says === 'fork');
    if (isLost) this.#isOwed = frames.some((frame) => frame.says === 'ahead');
    const sent = isLost ? frames.slice(0, 1) : frames;
    this.#losesAnswer = false;
    for (const frame of sent) this.#sendOne(frame);
  }

  #faultOf(frame: SentFrame): keyof typeof frameFaults {
    const isSafe = !this.#network.isHostile || frame.says === 'fork' || this.#isOwed;
    if (isSafe && frame.name !== 'hello') this.#isOwed = false;
    const fault = isSafe ? 'none' : this.#network.ports.random.weighted(frameFaults);
    if (frame.says === 'ahead' && (fault === 'drop' || fault === 'swap')) this.#isOwed = true;
    return fault;
  }

  #sendOne(frame: SentFrame): void {
    const { random, note } = this.#network.ports;
    const fault = this.#faultOf(frame);
    if (fault !== 'none') note(`frame ${fault}`);
    const item: Item = { frame, isRepeat: false, isOmission: false };
    switch (fault) {
      case 'drop':
        return;
      case 'swap':
        this.#heldBack.push(item);
        return;
      case 'delay':
        this.#readyAt = Math.max(this.#readyAt, this.#network.ports.time.nowMs) + random.int(500, 20_000);
        break;
      case 'omit':
        this.#queue(this.#withoutChanges(frame));
        return;
    }
    this.#queue(item);
    for (const held of this.#heldBack.splice(0)) this.#queue(held);
    if (fault === 'repeat') this.#queue({ ...item, isRepeat: true });
    if (fault === 'replay' && this.#delivered.length > 0)
      this.#queue({ ...item, frame: random.pick(this.#delivered), isRepeat: true });
  }

  /** A fault of the server itself: only the digest can show it. */
  #withoutChanges(frame: SentFrame): Item {
    const match = frame.name === 'ev' ? /"ch":\[.*\]/.exec(frame.text) : null;
    if (match === null) return { frame, isRepeat: false, isOmission: false };
    const text = frame.text.replace(match[0], '"ch":[]');
    return { frame: { ...frame, text }, isRepeat: false, isOmission: true };
  }

  #queue(item: Item): void {
    const { time, random } = this.#network.ports;
    this.#readyAt = Math.max(this.#readyAt, time.nowMs + random.int(1, 60));
    time.schedule('client', this.#readyAt - time.nowMs, () => this.#arrive(item));
  }

  #arrive({ frame, isRepeat, isOmission }: Item): void {
    if (this.#isDead) return;
    const text = this.#isFirst ? `\uFEFF: hello there\n\n${frame.text}` : frame.text;
    this.#isFirst = false;
    const bytes = encode(text.replaceAll('\n', this.#lineEnd));
    // A repeat of something that never arrived is its first arrival.
    if (isRepeat && this.#delivered.includes(frame)) {
      this.#network.ports.note('repeat arrived');
      this.#network.ports.expectNoChange(() => this.#deliver(bytes));
      return;
    }
    this.#delivered.push(frame);
    this.#deliver(bytes, isOmission);
  }

  /** In pieces, cut anywhere; some even after the client has hung up. */
  #deliver(bytes: Uint8Array, isOmission = false): void {
    const { random, note } = this.#network.ports;
    if (this.#network.isBuffering) {
      this.#buffered.push({ bytes, isOmission });
      note('buffered');
      return;
    }
    if (this.#isHungUp) {
      if (random.chance(0.5)) return;
      note('delivered after hang-up');
    }
    if (isOmission) this.#network.ports.onOmission();
    let from = 0;
    while (from < bytes.length) {
      const to = random.chance(0.6) ? bytes.length : Math.min(bytes.length, from + random.int(1, 60));
      this.#sink.bytes(bytes.subarray(from, to));
      from = to;
    }
  }

  #end(): void {
    const { time } = this.#network.ports;
    const ms = Math.max(this.#readyAt, time.nowMs) - time.nowMs + 1;
    time.schedule('client', ms, () => {
      if (this.#isDead || this.#isHungUp) return;
      for (const { bytes, isOmission } of this.#buffered.splice(0)) {
        if (isOmission) this.#network.ports.onOmission();
        this.#sink.bytes(bytes);
      }
      this.#sink.ended();
    });
  }
}

type Opening =
  | 'fine'
  | 'fail'
  | 'hang'
  | 'refuse'
  | 'html'
  | 'other cursor'
  | 'no hello'
  | 'lost answer'
  | 'unauthorised';

const frameFaults = { none: 900, drop: 16, repeat: 25, replay: 20, swap: 14, delay: 12, omit: 6 } as const;
const encoder = new TextEncoder();
const encode = (text: string): Uint8Array => encoder.encode(text);
