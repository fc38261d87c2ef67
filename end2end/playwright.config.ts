import { defineConfig } from '@playwright/test';
import { existsSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

// Two portals, one for each way to use the site, so that a story told with scripting and the same
// story told without it never meet in one database. The clock starts at a fixed instant and ticks on.
const targetFolder = process.env.CARGO_TARGET_DIR ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'partner-portal', 'target');
const portal = process.env.PORTAL_BINARY ?? join(targetFolder, 'release', 'portal');
const site = process.env.PORTAL_SITE_DIR ?? join(targetFolder, 'site');
const dataFolder = process.env.PORTAL_END2END_DATA ?? join(tmpdir(), `portal-end2end-${process.pid}`);
// Playwright evaluates this file in every worker too: the folder is named once, by the first.
process.env.PORTAL_END2END_DATA = dataFolder;
// For stories in which an operator runs a command beside the portal.
process.env.PORTAL_END2END_BINARY = portal;
const clockStart = '2026-11-22T10:00:00+03:00';

const server = (name: string, port: number) => ({
  name,
  command: `"${portal}" serve --listen 127.0.0.1:${port} --data-dir "${join(dataFolder, name)}" --site-dir "${site}" --demo --clock-start ${clockStart}`,
  url: `http://127.0.0.1:${port}/ready`,
  timeout: 120_000,
  reuseExistingServer: false,
  gracefulShutdown: { signal: 'SIGTERM' as const, timeout: 15_000 },
  stdout: 'ignore' as const,
  stderr: 'ignore' as const,
});

const partnerOrigins = [3105, 3106].flatMap((port) => ['portal.volna', 'my.vega', 'evil'].map((host) => `http://${host}.example:${port}`)).join(',');

const LEVELS = /tests\/levels\//;

const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path));

export default defineConfig({
  testDir: './tests',
  outputDir: './test-results',
  snapshotPathTemplate: './snapshots/{arg}{ext}',
  fullyParallel: false,
  workers: 2,
  retries: 0,
  forbidOnly: true,
  timeout: 180_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  webServer: [server('js', 3101), server('no-js', 3102)],
  use: {
    locale: 'ru-RU',
    timezoneId: 'Asia/Vladivostok',
    launchOptions: {
      executablePath: chromium,
      // Names of partners' portals lead to this machine, whatever DNS says, and are as good as https: what the browser says of http is not the portal's.
      args: ['--host-resolver-rules=MAP *.example 127.0.0.1', `--unsafely-treat-insecure-origin-as-secure=${partnerOrigins}`, '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
  projects: [
    { name: 'js', testIgnore: LEVELS, use: { baseURL: 'http://127.0.0.1:3101', javaScriptEnabled: true } },
    // Stories about what only scripting can do say so in their file's name.
    { name: 'no-js', testIgnore: [LEVELS, /.*\.hydrate\.spec\.ts/], use: { baseURL: 'http://127.0.0.1:3102', javaScriptEnabled: false } },
    // Stories that change levels of partners come after all others.
    { name: 'js, levels', testMatch: LEVELS, dependencies: ['js'], use: { baseURL: 'http://127.0.0.1:3101', javaScriptEnabled: true } },
    { name: 'no-js, levels', testMatch: LEVELS, dependencies: ['no-js'], use: { baseURL: 'http://127.0.0.1:3102', javaScriptEnabled: false } },
  ],
});
