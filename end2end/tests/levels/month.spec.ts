import { readFileSync } from 'node:fs';
import { operate } from '../../support/operator';
import { expect, test, type Person } from '../../support/portal';

// Told after all other stories: a month that is closed changes the levels of several partners of the demo.

const HEADER = 'Партнёр;ИНН клиента;Клиент;Услуга;Ресурс;Месяц;Сумма';
// The demo's fifth partner, ООО «Лотос Диджитал», is safe only by the revenue of each month, and October is short of the minimum.
const WITH_MISTAKES = [
  HEADER,
  'P-0005;7707083893;ООО «Новый клиент»;kvm;vm-new;10.2026;1 250,50',
  'P-0005;7707083894;ООО «Опечатка»;kvm;vm-typo;10.2026;900,00',
  'P-0005;7707083893;ООО «Новый клиент»;teleport;tp-1;10.2026;100,00',
];
const MENDED = [WITH_MISTAKES[0], WITH_MISTAKES[1], 'P-0005;7707083893;ООО «Новый клиент»;backup;backup-new;10.2026;100,00'];

async function upload(staff: Person, name: string, lines: string[]): Promise<void> {
  await staff.page.goto('/staff/usage');
  await staff.page.getByLabel('Файл CSV').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(`\uFEFF${lines.join('\r\n')}\r\n`, 'utf8') });
  await staff.page.getByRole('button', { name: 'Проверить файл' }).click();
}

test('staff import a file with two bad rows, mend it, import, close the month, and a level falls and says why', async ({ person }, testInfo) => {
  test.slow();
  const partner = await person('lotos@partner.example', { viewport: { width: 360, height: 740 } });
  await expect(partner.page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(partner.page.getByText('Professional').first()).toBeVisible();

  const admin = await person('admin@provider.example');
  const { page } = admin;
  await page.goto('/staff/usage');
  await expect(page.getByRole('heading', { level: 1, name: 'Загрузки' })).toBeVisible();
  await admin.expectAccessible();
  await admin.expectFitsWidth();

  await upload(admin, 'october.csv', WITH_MISTAKES);
  await expect(page.getByText('Файл не принят, ничего не загружено')).toBeVisible();
  await expect(page.getByText('2 ошибки. Исправьте их и загрузите файл снова.')).toBeVisible();
  const problems = page.getByRole('table', { name: 'Ошибки по строкам' });
  await expect(problems.getByRole('row').nth(1)).toContainText('3ИНН 7707083894: контрольные цифры не сходятся');
  await expect(problems.getByRole('row').nth(2)).toContainText('4Услуги «teleport» нет');
  await expect(page.getByRole('button', { name: 'Загрузить', exact: true })).toHaveCount(0);
  await admin.expectAccessible();

  await upload(admin, 'october-mended.csv', MENDED);
  await expect(page.getByText('Пока ничего не изменилось.')).toBeVisible();
  const totals = page.getByRole('table', { name: 'Итоги по партнёрам' });
  await expect(totals.getByRole('row')).toHaveCount(2);
  await expect(totals.getByRole('row').nth(1)).toContainText('Лотос');
  const added = page.getByRole('table', { name: 'Новые строки' });
  await expect(added.getByRole('row')).toHaveCount(3);
  await expect(added.getByRole('row').nth(1)).toContainText('ООО «Новый клиент»');
  await expect(added.getByRole('row').nth(1)).toContainText('vm-new');
  await expect(added.getByRole('row').nth(1)).toContainText(/1.250,50.₽/);
  await expect(page.getByText('Показано 2 из 2.')).toBeVisible();
  await admin.expectAccessible();
  await admin.expectFitsWidth();
  await page.getByRole('button', { name: 'Загрузить', exact: true }).click();
  await expect(page.getByText('Файл загружен.')).toBeVisible();
  // The same file once more changes nothing.
  await upload(admin, 'october-mended.csv', MENDED);
  await expect(page.getByText('Без изменений').locator('xpath=following-sibling::dd')).toHaveText('2');
  // Discarding asks once and names the file.
  const discard = page.getByRole('button', { name: 'Отклонить файл' });
  await expect(discard).toBeHidden();
  await page.getByText('Отклонить', { exact: true }).click();
  await expect(page.getByText('Отклонить файл «october-mended.csv»?')).toBeVisible();
  await admin.expectAccessible();
  await discard.click();
  await expect(page.getByText('Файл отклонён, из него ничего не загружено.')).toBeVisible();
  // An amount that differs is shown before it is taken, with the one that stands.
  await upload(admin, 'october-again.csv', [HEADER, MENDED[1].replace('1 250,50', '1 300,25')]);
  const changed = page.getByRole('table', { name: 'Изменённые строки' });
  await expect(changed.getByRole('row')).toHaveCount(2);
  await expect(changed.getByRole('row').nth(1)).toContainText(/vm-new.*1.250,50.₽.*1.300,25.₽/);
  await admin.expectAccessible();
  await admin.expectFitsWidth();
  await page.getByText('Отклонить', { exact: true }).click();
  await page.getByRole('button', { name: 'Отклонить файл' }).click();

  // A reviewer sees what closing would decide, and that an admin does it.
  const reviewer = await person('reviewer@provider.example');
  await reviewer.page.goto('/staff/months');
  await expect(reviewer.page.getByText('Закрывает месяц администратор.')).toBeVisible();

  await page.goto('/staff/months');
  await expect(page.getByRole('heading', { name: /Следующий: октябрь 2026/ })).toBeVisible();
  const decided = page.getByRole('table', { name: 'Что решит закрытие' });
  const lotos = decided.getByRole('row').filter({ hasText: 'Лотос' });
  await expect(lotos).toContainText('Agent');
  await expect(lotos.getByRole('link', { name: 'LVL-5' })).toBeVisible();
  await expect(decided.getByRole('row').filter({ hasText: 'Орион' })).toBeVisible();
  // What it would bring into the ledger is worked out when asked for, and is what closing brings.
  await page.getByRole('link', { name: 'Посчитать начисления' }).click();
  const money = page.getByRole('table', { name: 'Что войдёт в начисления' });
  await expect(money.getByRole('row').filter({ hasText: 'RATE-4' })).toContainText('Вознаграждение');
  const total = money.getByRole('row').filter({ hasText: 'Всего' }).getByRole('cell');
  const [accrued, corrected] = [await total.nth(2).locator('data').getAttribute('value'), await total.nth(3).locator('data').getAttribute('value')];
  expect(Number(accrued)).toBeGreaterThan(0);
  await admin.expectAccessible();
  await admin.expectFitsWidth();
  await page.getByText(/^Закрыть октябрь/).click();
  await page.getByRole('button', { name: /^Да, закрыть октябрь/ }).click();
  await expect(page.getByText('Месяц закрыт.')).toBeVisible();
  const closed = page.getByRole('table', { name: 'Все месяцы' }).getByRole('row').filter({ hasText: 'Октябрь 2026' });
  await expect(closed).toContainText('Закрыт');
  await expect(closed.locator('data').last()).toHaveAttribute('value', (Number(accrued) + Number(corrected)).toFixed(2));
  await closed.getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  expect(new URL(page.url()).searchParams.get('closed')).toBe('2026-10');

  // What this close accrued is approved at once, by its month.
  await page.getByRole('link', { name: /^Одобрить всё, что ждёт по этому отбору: \d+.запис/ }).click();
  await page.getByRole('button', { name: 'Одобрить все' }).click();
  await expect(page.getByRole('heading', { name: 'Итог одобрения' })).toBeVisible();
  await admin.expectAccessible();
  // The bank gets its registry, a colleague records the payment.
  await page.goto('/staff/settlements');
  await page.getByRole('link', { name: 'Посмотреть и составить' }).first().click();
  await expect(page.getByRole('heading', { name: 'Выплата через банк' })).toBeVisible();
  await page.getByRole('button', { name: /^Составить расчёт: / }).click();
  await expect(page.getByText('Расчёт составлен. Скачайте реестр.')).toBeVisible();
  const run = new URL(page.url()).pathname;
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Скачать файл для клиент-банка' }).click()]);
  expect(new TextDecoder('windows-1251').decode(readFileSync(await file.path()))).toContain('Лотос Диджитал');
  const accountant = await person('accountant@provider.example');
  await accountant.page.goto(run);
  await accountant.page.getByLabel('Дата платежа в банке').fill('2026-11-22');
  await accountant.page.getByRole('button', { name: 'Записать, что оплачено' }).click();
  await expect(accountant.page.getByText('Дата записана. Партнёры её видят.')).toBeVisible();
  await partner.page.goto('/partner/money?rule=RATE-4&from=2026-10&to=2026-10');
  await partner.page.locator('main a[href^="/partner/money/0"]').first().click();
  await expect(partner.page.getByText('Выплачено').first()).toBeVisible();
  await expect(partner.page.getByText(/22.ноября.2026/).first()).toBeVisible();
  await partner.expectAccessible();

  // The partner reads it on a phone.
  await partner.page.goto('/partner');
  await expect(partner.page.getByText('Basic').first()).toBeVisible();
  await partner.expectFitsWidth();
  await partner.expectAccessible();
  await partner.page.goto('/partner/level');
  await expect(partner.page.getByRole('link', { name: 'LVL-5' }).first()).toBeVisible();
  await expect(partner.page.getByText(/октябр/i).first()).toBeVisible();
  await partner.expectFitsWidth();
  await partner.expectAccessible();
  await partner.page.goto('/partner/privileges');
  await partner.expectFitsWidth();
  await partner.expectAccessible();

  // Nothing of it left the ledger out of line with usage, terms and balances.
  operate(testInfo.project.name, ['ledger', 'verify']);
});
