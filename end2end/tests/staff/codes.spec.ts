import { askForCodes } from '../../support/asking';
import { expect, test } from '../../support/portal';

test('a code is redeemed once and for one client, and an unused one is revoked', async ({ person }) => {
  const partner = await person('lotos@partner.example');
  const reference = await askForCodes(partner, [1100, 1200, 1300]);
  await partner.page.goto('/partner/clients');
  const cells = await partner.page.getByRole('table').locator('td').allInnerTexts();
  const inn = cells.map((cell) => /\b(\d{12}|\d{10})\b/.exec(cell)?.[0]).find((found) => found !== undefined) ?? '';
  expect(inn).not.toBe('');

  const reviewer = await person('reviewer@provider.example');
  const { page } = reviewer;
  await page.goto(`/staff/inbox/${reference}`);
  await page.getByRole('button', { name: /^Одобрить/ }).click();
  await expect(page.getByText('Заявка одобрена.')).toBeVisible();
  await partner.page.goto(`/partner/requests/${reference}`);
  const codes = (await partner.page.locator('code').allTextContents()).filter((text) => !text.startsWith('BC-'));
  expect(codes).toHaveLength(3);

  const find = async (code: string) => {
    await page.goto('/staff/codes');
    await page.getByLabel('Код', { exact: true }).fill(code);
    await page.getByRole('button', { name: 'Найти' }).click();
  };
  await page.goto('/staff/codes');
  await reviewer.expectAccessible();
  await find('AAAA');
  await expect(page.getByText(/В коде 20.букв и цифр/)).toBeVisible();
  // One sign typed wrong.
  await find(codes[0].slice(0, -1) + (codes[0].endsWith('2') ? '3' : '2'));
  await expect(page.getByText('В коде опечатка: контрольный знак не сходится')).toBeVisible();
  await reviewer.expectAccessible();

  // Typed in small letters and with spaces it is the same code.
  await find(codes[0].toLowerCase().replaceAll('-', ' '));
  await expect(page.getByText('Выдан, не использован')).toBeVisible();
  await reviewer.expectAccessible();
  await page.getByLabel('ИНН клиента').fill('7707083894');
  await page.getByRole('button', { name: /^Использовать на 1.100.₽$/ }).click();
  await expect(page.getByRole('alert')).toContainText('Контрольные цифры ИНН не сходятся');
  await page.getByLabel('ИНН клиента').fill(inn);
  await page.getByRole('button', { name: /^Использовать на 1.100.₽$/ }).click();
  await expect(page.getByText('Код использован.')).toBeVisible();
  await expect(page.getByText(`Использован клиентом с ИНН ${inn}`)).toBeVisible();

  await find(codes[1]);
  await page.getByLabel('ИНН клиента').fill(inn);
  await page.getByRole('button', { name: /^Использовать на/ }).click();
  const refusal = page.locator('#refusal');
  await expect(refusal).toContainText('Этот клиент уже использовал бонусный код');
  await expect(refusal.getByRole('link', { name: 'Правило CODE-3' })).toBeVisible();
  await expect(refusal).toContainText(inn);
  await expect(refusal).toContainText(/\d+.[а-я]+.\d{4}/);
  await reviewer.expectAccessible();
  // It asks once: the question names the code, the button its last group.
  const confirm = page.getByRole('button', { name: `Отозвать код …${codes[1].slice(-4)}` });
  await expect(confirm).toBeHidden();
  await page.getByText('Отозвать код', { exact: true }).click();
  await expect(page.getByText(`Отозвать код ${codes[1]} на 1 200 ₽?`)).toBeVisible();
  await page.getByLabel('Причина').fill('коротко');
  await confirm.click();
  await expect(page.getByRole('alert')).toContainText('Причина');
  await expect(page.getByLabel('Причина')).toHaveValue('коротко');
  await reviewer.expectAccessible();
  await page.getByLabel('Причина').fill('Партнёр попросил убрать код: выдан лишним.');
  await confirm.click();
  await expect(page.getByText('Код отозван.', { exact: true })).toBeVisible();

  await partner.page.goto('/partner/bonus-codes');
  await expect(partner.page.getByText(/2 из 10/)).toBeVisible();
  const rows = partner.page.getByRole('row');
  await expect(rows.filter({ hasText: codes[1] }).getByText('Отозван')).toBeVisible();
  await expect(rows.filter({ hasText: codes[2] }).getByText('Не использован')).toBeVisible();
});
