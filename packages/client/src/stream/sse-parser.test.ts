import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type SseEvent, SseParser, SseTooLarge } from './sse-parser.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const parse = (text: string) => new SseParser().push(encode(text));
const event = (data: string, more: Partial<SseEvent> = {}): SseEvent => ({
  name: 'message',
  data,
  id: null,
  ...more,
});

describe('SseParser', () => {
  test.each<[string, string, SseEvent[]]>([
    ['LF', 'event: ev\nid: 7\ndata: x\n\n', [event('x', { name: 'ev', id: '7' })]],
    ['CRLF', 'event: ev\r\ndata: x\r\n\r\n', [event('x', { name: 'ev' })]],
    ['CR', 'data: x\r\rdata: y\r\r', [event('x'), event('y')]],
    ['a BOM before the first line', '\uFEFFdata: x\n\n', [event('x')]],
    ['several data lines', 'data: a\ndata:\ndata:  b\n\n', [event('a\n\n b')]],
    ['comments', ': ping\n\ndata: x\n\n', [event('x')]],
    ['a field without colon', 'data\n\n', [event('')]],
    ['unknown fields', 'foo: bar\ndata: x\n\n', [event('x')]],
    ['an event without data', 'event: ev\nid: 3\n\n', []],
    ['an event the stream does not end', 'data: x\n', []],
    ['an id with NUL', 'id: a\0b\ndata: x\n\n', [event('x')]],
  ])('reads %s', (_name, text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  test('keeps the last id and the retry time', () => {
    const parser = new SseParser();
    parser.push(encode('retry: 1500\nid: a\n\nretry: x1\nid\ndata: 1\n\n'));
    expect([parser.retryMs, parser.lastEventId]).toEqual([1500, '']);
  });

  test('an LF after a CR at the end of a chunk belongs to it', () => {
    const parser = new SseParser();
    const events = ['data: a\r', '\ndata: b\r', '\n\r', '\n'].flatMap((chunk) => parser.push(encode(chunk)));
    expect(events).toEqual([event('a\nb')]);
  });

  test('chunk boundaries anywhere, also inside a character, change nothing', () => {
    const text = '\uFEFFevent: ev\r\nid: é1\r\ndata: żółw 🐢\r\ndata: zweite\r\n\r\n: c\n\ndata: last\r\r';
    const whole = parse(text);
    const bytes = encode(text);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 20 }), (cuts) => {
        const parser = new SseParser();
        const ends = [...cuts, bytes.length].sort((a, b) => a - b);
        const events = ends.flatMap((end, i) => parser.push(bytes.subarray(ends[i - 1] ?? 0, end)));
        expect(events).toEqual(whole);
      }),
    );
    expect(whole).toHaveLength(2);
  });

  test('refuses an event without end', () => {
    const parser = new SseParser(100);
    expect(() => parser.push(encode(`data: ${'x'.repeat(200)}`))).toThrow(SseTooLarge);
  });

  test('counts the size of an event, not of the stream', () => {
    const parser = new SseParser(100);
    for (let i = 0; i < 50; i++) expect(parser.push(encode(`data: ${'x'.repeat(50)}\n\n`))).toHaveLength(1);
  });
});
