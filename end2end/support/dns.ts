import { createSocket, type Socket } from 'node:dgram';

const TXT = 16;

/** A server of DNS on this machine that knows the TXT records that a story writes, and no other names. */
export class NameServer {
  private readonly socket: Socket = createSocket('udp4');
  private readonly records = new Map<string, string[]>();

  constructor() {
    this.socket.on('message', (question, sender) => {
      const answer = this.answer(question);
      if (answer) this.socket.send(answer, sender.port, sender.address);
    });
  }

  /** Starts it; its address and port, as the portal takes them. */
  async start(): Promise<string> {
    await new Promise<void>((started) => this.socket.bind(0, '127.0.0.1', started));
    return `127.0.0.1:${this.socket.address().port}`;
  }

  /** Writes the TXT records of a name. */
  set(name: string, texts: string[]): void {
    this.records.set(name.toLowerCase(), texts);
  }

  stop(): void {
    this.socket.close();
  }

  private answer(question: Buffer): Buffer | undefined {
    const labels: string[] = [];
    let place = 12;
    for (let length = question[place]; length > 0; length = question[place]) {
      labels.push(question.subarray(place + 1, place + 1 + length).toString('latin1'));
      place += 1 + length;
      if (place >= question.length) return undefined;
    }
    const end = place + 5;
    const texts = this.records.get(labels.join('.').toLowerCase());
    const wanted = question.readUInt16BE(place + 1) === TXT ? (texts ?? []) : [];
    const header = Buffer.alloc(12);
    header.writeUInt16BE(question.readUInt16BE(0), 0);
    // An answer of who owns the name; one that is not there is NXDOMAIN.
    header.writeUInt16BE(0x8400 | (question.readUInt16BE(2) & 0x0100) | (texts ? 0 : 3), 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(wanted.length, 6);
    const answers = wanted.map((text) => {
      const words = Buffer.from(text, 'latin1');
      const record = Buffer.alloc(12 + 1 + words.length);
      record.writeUInt16BE(0xc00c, 0);
      record.writeUInt16BE(TXT, 2);
      record.writeUInt16BE(1, 4);
      record.writeUInt32BE(1, 6);
      record.writeUInt16BE(words.length + 1, 10);
      record[12] = words.length;
      words.copy(record, 13);
      return record;
    });
    return Buffer.concat([header, question.subarray(12, end), ...answers]);
  }
}
