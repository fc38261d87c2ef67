import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from '../../support/portal';

const amounts = (csv: string): number => {
  const [titles, ...rows] = csv.replace(/^\uFEFF/, '').trimEnd().split('\r\n').map((line) => line.split(';'));
  const at = titles.indexOf('Сумма');
  return rows.reduce((sum, row) => sum + Math.round(Number(row[at].replace(',', '.')) * 100), 0);
};

/** With spaces that break. */
const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ');

const kopecks = async (locator: { getAttribute(name: string): Promise<string | null> }): Promise<number> => Math.round(Number(await locator.getAttribute('value')) * 100);

test('a partner follows one rebate from the total to the rows of machines', async ({ person }) => {
  const partner = await person('kvadrat@partner.example');
  const { page } = partner;
  await page.goto('/partner/money');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Деньги');
  await partner.expectAccessible();

  // Every balance is the sum of the list that it opens.
  for (const state of ['approved', 'accrued', 'in_settlement', 'settled']) {
    await page.goto('/partner/money');
    const tile = page.locator(`[data-balance="${state}"] .stat__value a`);
    const shown = await kopecks(tile.locator('data'));
    await tile.click();
    await expect(page).toHaveURL(new RegExp(`state=${state}`));
    expect(await kopecks(page.locator('#entries-sum data')), state).toBe(shown);
  }

  // From the list to the entry, from the entry to a client, from the client to its rows.
  await page.goto('/partner/money?rule=REB-1');
  await page.locator('#entries tbody a[href^="/partner/money/"]').last().click();
  await expect(page.locator('#formula')).toContainText('×');
  await expect(page.locator('#life')).toBeVisible();
  await expect(page.locator('#rows')).toContainText('равна базе записей');
  await partner.expectAccessible();
  const base = await kopecks(page.locator('#rows .data-table__total data').last());
  const parts = await page.locator('#rows tbody tr:not(.data-table__total) td:last-child data').evaluateAll((cells) => cells.map((cell) => Math.round(Number(cell.getAttribute('value')) * 100)));
  expect(parts.reduce((sum, part) => sum + part, 0)).toBe(base);
  await page.locator('#rows tbody th a').first().click();
  await expect(page.locator('#rows h3')).toContainText('строки');
  expect(await kopecks(page.locator('#rows .data-table__total data').last())).toBe(parts[0]);
  await expect(page.locator('#rows tbody tr').first()).toContainText(/vm-\d/);
  await partner.expectAccessible();

  // The statement of the list that it came from has the list's sum, in words that a reader of PDF finds.
  await page.goto('/partner/money?rule=REB-1');
  const [pdf] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Скачать PDF' }).click()]);
  const text = plain(execFileSync('pdftotext', ['-layout', await pdf.path(), '-'], { encoding: 'utf8' }));
  const sum = plain(await page.locator('#entries-sum data').innerText()).replace(' ₽', '');
  expect(text.split('\n').filter((line) => line.includes('Итого')).join('\n')).toContain(sum);

  // What runs, and is in no entry yet, opens its rows, too.
  await page.goto('/partner/rebates');
  await page.locator('section[aria-labelledby="kvm"] .stat__value a').click();
  await expect(page.locator('#rows')).toContainText('база прогноза');
  await page.locator('#rows tbody th a').first().click();
  await expect(page.locator('#rows tbody tr').first()).toContainText(/vm-\d/);
  await partner.expectAccessible();
});

test('the statement has the sum of the list', async ({ person }) => {
  const partner = await person('kvadrat@partner.example');
  const { page } = partner;
  await page.goto('/partner/money?from=2026-01&to=2026-06');
  const sum = await kopecks(page.locator('#entries-sum data'));
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Скачать CSV' }).click()]);
  expect(download.suggestedFilename()).toBe('statement-2026-01-2026-06.csv');
  const csv = readFileSync(await download.path(), 'utf8');
  expect(csv.startsWith('\uFEFF')).toBe(true);
  expect(amounts(csv)).toBe(sum);
  const [pdf] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Скачать PDF' }).click()]);
  // What one reads in it: each entry's amount, and their sum as the page shows it.
  const text = plain(execFileSync('pdftotext', ['-layout', await pdf.path(), '-'], { encoding: 'utf8' }));
  const shown = plain(await page.locator('#entries-sum data').innerText());
  expect(text.split('\n').filter((line) => line.includes('Итого')).join('\n')).toContain(shown.replace(' ₽', ''));
  for (const amount of await page.locator('#entries tbody td data.money').allInnerTexts()) expect(text).toContain(plain(amount).replace(' ₽', ''));
});

test('rebates say what runs, by which formula, and what became of earlier ones', async ({ person }) => {
  const partner = await person('kvadrat@partner.example');
  const { page } = partner;
  await page.goto('/partner/rebates');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Рибейты');
  for (const name of ['Рибейт KVM', 'Рибейт MONT Office', 'Рибейт за рост']) await expect(page.getByRole('heading', { level: 2, name })).toBeVisible();
  // What runs: its formula with figures, months against those of the period before, and in which form it comes.
  const kvm = page.locator('section[aria-labelledby="kvm"]');
  await expect(kvm.locator('.stat__note')).toContainText('×');
  await expect(kvm.getByRole('img', { name: 'Рибейт KVM: этот период против прошлого' })).toBeVisible();
  await expect(kvm).toContainText(/По модели на этот день — (на счёт|разовой скидкой в следующем счёте)\./);
  // What became of earlier ones: an entry that leads on to its page.
  const entry = kvm.getByRole('table').last().getByRole('rowheader').getByRole('link').first();
  await expect(entry).toHaveText(/^№ \d+$/);
  await expect(entry).toHaveAttribute('href', /^\/partner\/money\/[0-9a-f-]{36}$/);
  await partner.expectAccessible();
  await partner.expectFitsWidth();
});
