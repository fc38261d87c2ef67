import { expect, test } from '../../support/portal';
import type { Page } from '@playwright/test';

const KIB = 1024;
/** What the first page may load of scripts, and the whole portal: WebAssembly and JavaScript as they travel. */
const FIRST_PAGE = 115 * KIB;
const WHOLE = 200 * KIB;

/** Bytes of every script that a page loads, by address, as they travel: what the files hold, without the headers of the answers. */
async function countScripts(page: Page): Promise<{ byAddress: Map<string, number>; encodings: Set<string> }> {
  const byAddress = new Map<string, number>();
  const encodings = new Set<string>();
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  const scripts = new Map<string, string>();
  const lengths = new Map<string, number>();
  session.on('Network.responseReceived', ({ requestId, response }) => {
    if (!/javascript|wasm/.test(response.mimeType)) return;
    scripts.set(requestId, response.url);
    lengths.set(requestId, Number(response.headers['content-length'] ?? response.headers['Content-Length']));
    encodings.add(String(response.headers['content-encoding'] ?? response.headers['Content-Encoding'] ?? 'none'));
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const address = scripts.get(requestId);
    // What came with its headers is no less than what the file holds: a length that the server made up would be seen here.
    const length = lengths.get(requestId) ?? NaN;
    if (address) byAddress.set(address, length > 0 && length <= encodedDataLength ? length : encodedDataLength);
  });
  return { byAddress, encodings };
}

const sum = (sizes: Map<string, number>) => [...sizes.values()].reduce((whole, size) => whole + size, 0);

test('the first pages load few scripts, and the whole portal not many', async ({ person }) => {
  const visitor = await person();
  const { page } = visitor;
  // Without a cache the styles come late, and the browser gives up the transition between two pages, which it prints as an error.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const counted = await countScripts(page);
  await page.goto('/sign-in', { waitUntil: 'networkidle' });
  expect(counted.byAddress.size, 'scripts of the sign-in page').toBeGreaterThan(0);
  expect(sum(counted.byAddress), 'bytes of scripts of the sign-in page').toBeLessThanOrEqual(FIRST_PAGE);
  counted.byAddress.clear();
  await visitor.signIn('kvadrat@partner.example');
  await page.goto('/partner', { waitUntil: 'networkidle' });
  expect(sum(counted.byAddress), 'bytes of scripts of home').toBeLessThanOrEqual(FIRST_PAGE);

  const pages = ['/partner/level', '/partner/what-if', '/partner/privileges', '/partner/clients', '/partner/bonus-codes', '/partner/free-months', '/partner/requests', '/rules'];
  for (const address of pages) await page.goto(address, { waitUntil: 'networkidle' });
  // What runs the rules in the browser is awake, and so counted.
  await page.goto('/partner/what-if');
  await expect(page.getByRole('slider').first()).toBeVisible();
  await page.goto('/partner/free-months');
  await page.getByRole('table').getByRole('link').first().click();
  await page.waitForLoadState('networkidle');
  expect([...counted.byAddress.keys()].some((address) => address.endsWith('.wasm')), 'a page with an island').toBe(true);
  expect(sum(counted.byAddress), 'bytes of every script').toBeLessThanOrEqual(WHOLE);
  expect([...counted.encodings]).toEqual(['br']);
  console.log(`scripts of the whole portal: ${(sum(counted.byAddress) / KIB).toFixed(1)} KiB`);
});
