import { deflateSync, inflateSync } from 'node:zlib';

const TABLE = Array.from({ length: 256 }, (_, number) => {
  let value = number;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value >>> 0;
});

function checksum(bytes: Buffer): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = TABLE[(value ^ byte) & 0xff] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

function chunk(kind: string, data: Buffer): Buffer {
  const [length, end] = [Buffer.alloc(4), Buffer.alloc(4)];
  const named = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
  length.writeUInt32BE(data.length);
  end.writeUInt32BE(checksum(named));
  return Buffer.concat([length, named, end]);
}

/** A PNG of one colour. */
export function png(width: number, height: number, colour: [number, number, number]): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const line = Buffer.concat([Buffer.from([0]), Buffer.concat(Array.from({ length: width }, () => Buffer.from(colour)))]);
  const lines = Buffer.concat(Array.from({ length: height }, () => line));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(lines)), chunk('IEND', Buffer.alloc(0))]);
}

/** What a PNG of eight bits a channel shows: its measures and the colour of each pixel, from the left above. */
export function pixels(picture: Buffer): { width: number; height: number; colours: string[] } {
  const [width, height, channels] = [picture.readUInt32BE(16), picture.readUInt32BE(20), picture[25] === 6 ? 4 : 3];
  const parts: Buffer[] = [];
  for (let place = 8; place < picture.length; ) {
    const length = picture.readUInt32BE(place);
    if (picture.toString('latin1', place + 4, place + 8) === 'IDAT') parts.push(picture.subarray(place + 8, place + 8 + length));
    place += length + 12;
  }
  const packed = inflateSync(Buffer.concat(parts));
  const stride = width * channels;
  let above = Buffer.alloc(stride);
  const colours: string[] = [];
  for (let row = 0; row < height; row += 1) {
    const filter = packed[row * (stride + 1)];
    const line = Buffer.from(packed.subarray(row * (stride + 1) + 1, (row + 1) * (stride + 1)));
    for (let at = 0; at < stride; at += 1) {
      const [left, up, corner] = [at < channels ? 0 : line[at - channels], above[at], at < channels ? 0 : above[at - channels]];
      line[at] += [0, left, up, (left + up) >> 1, nearest(left, up, corner)][filter];
    }
    for (let at = 0; at < stride; at += channels) colours.push(`#${line.toString('hex', at, at + 3)}`);
    above = line;
  }
  return { width, height, colours };
}

/** The neighbour that PNG's fourth filter guesses from. */
function nearest(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [toLeft, toUp, toCorner] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}
