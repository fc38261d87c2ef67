import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { operateOn } from './operator';

/** A portal of a story's own, for what only time can show: it is stopped and started again on another day. */
export class OwnPortal {
  private process?: ChildProcess;

  constructor(
    private readonly port: number,
    private readonly folder: string,
    /** What it is started with besides. */
    private readonly more: string[] = [],
  ) {}

  get address(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts it with its clock at an instant, on the data that it left. */
  async start(clock: string): Promise<void> {
    const binary = process.env.PORTAL_END2END_BINARY ?? 'portal';
    const site = process.env.PORTAL_SITE_DIR ?? join(dirname(binary), '..', 'site');
    const words = ['serve', '--listen', `127.0.0.1:${this.port}`, '--data-dir', this.folder, '--site-dir', site, '--demo', '--clock-start', clock, ...this.more];
    this.process = spawn(binary, words, { stdio: 'ignore' });
    for (let tries = 0; tries < 240; tries += 1) {
      const answer = await fetch(`${this.address}/ready`).catch(() => undefined);
      if (answer?.ok) return;
      if (this.process.exitCode !== null) throw new Error(`the portal ended with ${this.process.exitCode}`);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    throw new Error('the portal is not ready');
  }

  /** An operator's command beside it. It throws where the command refuses. */
  operate(words: string[]): string {
    return operateOn(this.folder, words);
  }

  async stop(): Promise<void> {
    if (!this.process || this.process.exitCode !== null) return;
    const ended = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    await ended;
  }
}
