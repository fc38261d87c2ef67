import { readFileSync } from 'node:fs';
import { expect, test } from '../../support/portal';
import { operate } from '../../support/operator';

test('entries are approved in bulk, the bank gets its registry, the payment is recorded, and the partner sees the dates', async ({ person }, testInfo) => {
  const reviewer = await person('reviewer@provider.example');
  const { page } = reviewer;
  await page.goto('/staff/ledger?partner=P-0005&state=accrued');
  await reviewer.expectAccessible();
  await reviewer.expectFitsWidth();
  const boxes = page.getByRole('checkbox');
  const count = await boxes.count();
  expect(count).toBeGreaterThan(0);
  const entry = await boxes.first().inputValue();
  for (let place = 0; place < count; place += 1) await boxes.nth(place).check();
  await page.getByRole('button', { name: 'Одобрить выбранные' }).click();
  await expect(page.getByRole('heading', { name: 'Итог одобрения' })).toBeVisible();
  await expect(page.getByRole('cell', { name: /^Одобрено/ })).toHaveCount(count);
  await reviewer.expectAccessible();

  // What waits in the whole ledger is asked about with its number and sum, and may be left.
  await page.goto('/staff/ledger');
  await page.getByRole('link', { name: /^Одобрить всё, что ждёт по этому отбору: \d+.запис/ }).click();
  await expect(page.getByRole('heading', { name: /^Одобрить \d+.запис.+₽\?$/ })).toBeVisible();
  await reviewer.expectAccessible();
  await page.getByRole('link', { name: 'Не одобрять' }).click();
  await expect(page).toHaveURL(/\/staff\/ledger$/);

  await page.goto('/staff/settlements');
  await reviewer.expectAccessible();
  await page.getByRole('link', { name: 'Посмотреть и составить' }).first().click();
  await expect(page.getByRole('heading', { name: 'Выплата через банк' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'ООО «Лотос Диджитал»' })).toBeVisible();
  await reviewer.expectAccessible();
  await page.getByRole('button', { name: /^Составить расчёт: / }).click();
  await expect(page.getByText('Расчёт составлен. Скачайте реестр.')).toBeVisible();
  await expect(page.getByText(/Портал только записывает, он не платит/)).toBeVisible();
  await reviewer.expectAccessible();
  const run = new URL(page.url()).pathname;

  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Скачать файл для клиент-банка' }).click()]);
  expect(file.suggestedFilename()).toMatch(/^SR-2026-\d{6}\.txt$/);
  const text = new TextDecoder('windows-1251').decode(readFileSync(await file.path()));
  expect(text.startsWith('1CClientBankExchange\r\n')).toBe(true);
  expect(text).toContain('Лотос Диджитал');

  // Whoever made it may be too few: a colleague records the payment.
  const accountant = await person('accountant@provider.example');
  await accountant.page.goto(run);
  await accountant.page.getByLabel('Дата платежа в банке').fill('2026-11-22');
  await accountant.page.getByRole('button', { name: 'Записать, что оплачено' }).click();
  await expect(accountant.page.getByText('Дата записана. Партнёры её видят.')).toBeVisible();
  await accountant.expectAccessible();
  await accountant.page.goto(`/staff/ledger/${entry}`);
  await expect(accountant.page.getByText('Выплачено').first()).toBeVisible();
  await accountant.expectAccessible();

  const partner = await person('lotos@partner.example');
  await partner.page.goto(`/partner/money/${entry}`);
  await expect(partner.page.getByText(/22.ноября.2026/).first()).toBeVisible();

  // What was approved, settled and shown is what usage, terms and entries come to.
  operate(testInfo.project.name, ['ledger', 'verify']);
});

test('an amount by hand is proposed by one person and decided by another, and becomes an entry', async ({ person }) => {
  const reviewer = await person('reviewer@provider.example');
  const { page } = reviewer;
  await page.goto('/staff/adjustments?partner=P-0003');
  await reviewer.expectAccessible();
  await page.getByLabel('Сумма, ₽').fill('-0');
  await page.getByLabel('На счёт').check();
  await page.getByLabel('Отдельная договорённость').check();
  await page.getByLabel('Причина словами').fill('Возврат по договорённости');
  await page.getByRole('button', { name: 'Отправить на решение' }).click();
  await expect(page.getByRole('heading', { name: 'Проверьте поля' })).toBeVisible();
  await reviewer.expectAccessible();
  await expect(page.getByLabel('Причина словами')).toHaveValue('Возврат по договорённости');
  await page.getByLabel('Сумма, ₽').fill('-310,20');
  await page.getByRole('button', { name: 'Отправить на решение' }).click();
  await expect(page.getByText('Корректировка предложена и ждёт второго человека.')).toBeVisible();

  const admin = await person('admin@provider.example');
  await admin.page.goto('/staff/adjustments');
  await admin.page.getByRole('row', { name: /310,20/ }).getByRole('button', { name: /^Принять/ }).click();
  await expect(admin.page.getByText('Корректировка принята: запись ждёт одобрения.')).toBeVisible();
  await admin.expectAccessible();
  await admin.page.getByRole('row', { name: /310,20/ }).getByRole('link', { name: 'Показать запись' }).click();
  await expect(admin.page.getByText('Ждёт одобрения').first()).toBeVisible();

  // Where a partner is paid: numbers that do not fit are not taken, and what was typed stays.
  await admin.page.goto('/staff/partners');
  await admin.page.getByRole('link', { name: 'АО «Горизонт Интеграция»' }).click();
  await admin.page.getByRole('link', { name: 'Банковский счёт' }).click();
  await admin.expectAccessible();
  await admin.page.getByLabel('БИК').fill('044525225');
  await admin.page.getByRole('button', { name: 'Записать счёт' }).click();
  await expect(admin.page.getByText('Счёт не подходит к БИК: проверьте оба номера').first()).toBeVisible();
  await expect(admin.page.getByLabel('БИК')).toHaveValue('044525225');
  await admin.expectAccessible();
});
