/** Plain POSIX ustar: a few small files in one, which every system can unpack. */

const blockBytes = 512;

function octal(value: number, length: number): string {
  return `${value.toString(8).padStart(length - 1, '0')}\0`;
}

function header(name: string, bytes: number, at: number): Uint8Array {
  if (!/^[A-Za-z0-9._-]{1,99}$/.test(name)) throw new RangeError('a name in a tar file has a wrong form');
  const block = Buffer.alloc(blockBytes);
  block.write(name, 0);
  block.write(octal(0o600, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(bytes, 12), 124);
  block.write(octal(Math.floor(at / 1_000), 12), 136);
  // The sum counts its own field as spaces.
  block.write(' '.repeat(8), 148);
  block.write('0', 156);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** One tar file of these files, all dated `at` (epoch ms). */
export function tarOf(files: ReadonlyMap<string, Uint8Array>, at: number): Uint8Array {
  const parts = [...files].flatMap(([name, bytes]) => [
    header(name, bytes.length, at),
    bytes,
    Buffer.alloc((blockBytes - (bytes.length % blockBytes)) % blockBytes),
  ]);
  return Buffer.concat([...parts, Buffer.alloc(2 * blockBytes)]);
}
