import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** An operator's command beside the portal that serves a project's stories. It throws where the command refuses. */
export function operate(project: string, words: string[], input = ''): string {
  const folder = join(process.env.PORTAL_END2END_DATA ?? '', project.split(',')[0]);
  const environment = { ...process.env };
  delete environment.DATABASE_URL;
  return execFileSync(process.env.PORTAL_END2END_BINARY ?? 'portal', [...words, '--data-dir', folder], { input, env: environment, encoding: 'utf8' });
}
