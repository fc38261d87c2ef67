import { askForCodes } from '../../support/asking';
import { expect, test } from '../../support/portal';

test('the record says who did what, with what was and what is', async ({ person }) => {
  const partner = await person('iskra@partner.example');
  const reference = await askForCodes(partner, [150]);
  const reviewer = await person('reviewer@provider.example');
  const { page } = reviewer;
  await page.goto('/staff/audit');
  await reviewer.expectAccessible();
  await page.getByLabel('Кто, партнёр или номер').fill(reference);
  await page.getByRole('button', { name: 'Найти' }).click();
  const records = page.getByRole('list', { name: 'Записи журнала' }).getByRole('listitem');
  await expect(records).toHaveCount(1);
  await expect(records).toContainText('Заявка отправлена');
  await expect(records).toContainText('Роман Зайцев');
  await records.getByText('Что изменилось').click();
  await expect(records.getByText('Стало')).toBeVisible();
  await reviewer.expectAccessible();
  await expect(records.getByRole('link', { name: reference })).toHaveAttribute('href', `/staff/inbox/${reference}`);
  await records.getByRole('link', { name: /Искра/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'ООО «Искра Сервис»' })).toBeVisible();

  await page.goto('/staff/audit');
  await page.getByLabel('Действие').selectOption({ label: 'Вход' });
  await page.getByLabel('С дня').fill('2026-11-22');
  await page.getByLabel('По день').fill('2026-11-22');
  await page.getByRole('button', { name: 'Найти' }).click();
  await expect(records.filter({ hasText: 'Роман Зайцев' }).first()).toContainText('Вход');
  for (const record of await records.all()) await expect(record).toContainText('22.11.2026');
  await page.getByLabel('С дня').fill('2020-01-01');
  await page.getByLabel('По день').fill('2020-01-02');
  await page.getByRole('button', { name: 'Найти' }).click();
  await expect(page.getByText('Записей нет')).toBeVisible();
  await reviewer.expectAccessible();
});
