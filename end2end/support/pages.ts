import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Person } from './portal';

/** The pages of the table of record that the HTTP tests keep, so that none is forgotten. */
export const recordedPages = readFileSync(join(__dirname, '../../server/tests/output/permissions.txt'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('GET'))
  .map((line) => line.split(/\s+/)[1])
  // Files to take away are no pages.
  .filter((path) => !/\.[a-z]+$/.test(path) && !path.startsWith('/files/') && !path.startsWith('/brand/') && path !== '/hosts/ask');

/** What holds of every page: it is there, in the look chosen, has a title and one heading, nothing for axe to find, nothing that scrolls sideways. */
export async function lookAt(person: Person, addresses: string[], portal: string, look: 'light' | 'dark'): Promise<void> {
  const { page } = person;
  for (const address of addresses) {
    expect(address, 'a page has something to show').not.toBe('');
    const answer = await page.goto(address);
    expect(answer?.status(), address).toBe(200);
    await expect(page.locator('h1'), address).toHaveCount(1);
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme), address).toBe(look);
    expect(await page.title(), address).toMatch(new RegExp(`. · ${portal}$`));
    await person.expectAccessible();
    await person.expectFitsWidth();
  }
}
