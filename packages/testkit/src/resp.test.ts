import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { encodeCommand, parseReply, RespError, respCall } from './resp.ts';

describe('parseReply', () => {
  it.each([
    ['+OK\r\n', 'OK'],
    ['-ERR no\r\n', new RespError('ERR no')],
    [':-7\r\n', -7],
    ['$2\r\nü\r\n', 'ü'],
    ['$0\r\n\r\n', ''],
    ['$-1\r\n', null],
    ['*-1\r\n', null],
    ['*3\r\n:1\r\n*1\r\n$3\r\na\r\n\r\n$-1\r\n', [1, ['a\r\n'], null]],
  ])('reads %j whole, and asks for more at every cut', (text, value) => {
    const bytes = Buffer.from(text);
    expect(parseReply(bytes, 0)).toEqual({ value, next: bytes.length });
    for (let cut = 0; cut < bytes.length; cut += 1)
      expect(parseReply(bytes.subarray(0, cut), 0)).toBeUndefined();
  });

  it('throws on what is no RESP2', () => {
    expect(() => parseReply(Buffer.from('HTTP/1.1\r\n'), 0)).toThrow('not a RESP2 reply');
  });
});

describe('respCall', () => {
  it('counts bytes, not characters, in a command', () => {
    expect(encodeCommand(['SET', 'ü']).toString()).toBe('*2\r\n$3\r\nSET\r\n$2\r\nü\r\n');
  });

  it('rejects when the server closes, stays silent, or speaks another protocol', async () => {
    const answers = ['', undefined, 'HTTP/1.1 400\r\n'];
    const server = createServer((socket) => {
      const answer = answers.shift();
      socket.on('error', () => {}).resume();
      if (answer === '') socket.end();
      else if (answer) socket.write(answer);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = address && typeof address === 'object' ? address.port : 0;
    await expect(respCall({ port }, ['PING'])).rejects.toThrow('closed before the reply to PING');
    await expect(respCall({ port }, ['PING'], 50)).rejects.toThrow('no reply to PING in 50 ms');
    await expect(respCall({ port }, ['PING'])).rejects.toThrow('not a RESP2 reply');
    await new Promise((resolve) => server.close(resolve));
  });
});
