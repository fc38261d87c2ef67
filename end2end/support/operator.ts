import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** An operator's command beside the portal that serves a project's stories. It throws where the command refuses. */
export function operate(project: string, words: string[], input = ''): string {
  return operateOn(join(process.env.PORTAL_END2END_DATA ?? '', project.split(',')[0]), words, input);
}

/** The same beside the portal whose data lie in a folder. */
export function operateOn(folder: string, words: string[], input = ''): string {
  const environment = { ...process.env };
  delete environment.DATABASE_URL;
  return execFileSync(process.env.PORTAL_END2END_BINARY ?? 'portal', [...words, '--data-dir', folder], { input, env: environment, encoding: 'utf8' });
}
