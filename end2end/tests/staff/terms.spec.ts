import { expect, test } from '../../support/portal';

test('an admin sees what new terms would have changed, mends a number that can not be read, and publishes them', async ({ person }) => {
  const admin = await person('admin@provider.example');
  const { page } = admin;
  await page.goto('/staff/terms');
  await page.getByRole('link', { name: 'Новые условия' }).click();
  await page.getByLabel('Ставка Agent, %').fill('сто');
  await page.getByLabel('Кодов за квартал', { exact: true }).fill('8');
  await page.getByLabel('Первый день').fill('2020-01-01');
  await page.getByLabel('Зачем').fill('Решение правления о новых условиях.');
  await page.getByRole('button', { name: 'Показать, что изменилось бы' }).click();
  const problems = page.getByRole('alert');
  await expect(problems).toContainText('Ставка Agent, %');
  await expect(problems).toContainText('Выберите день позже сегодняшнего');
  await expect(page.getByLabel('Кодов за квартал', { exact: true })).toHaveValue('8');

  await page.getByLabel('Ставка Agent, %').fill('20');
  await page.getByLabel('Первый день').fill('2027-06-01');
  await page.getByRole('button', { name: 'Показать, что изменилось бы' }).click();
  await expect(page.getByRole('heading', { name: 'Что изменилось бы' })).toBeVisible();
  const changed = page.getByRole('table', { name: 'Изменённые параметры' });
  await expect(changed.getByRole('row', { name: /Ставка Agent/ })).toContainText('20');
  await expect(page.getByRole('table', { name: 'Всего по правилам' }).getByRole('row', { name: /RATE-4/ })).toContainText('₽');
  await expect(page.getByRole('table', { name: 'Партнёры' })).toContainText('Горизонт');
  await admin.expectAccessible();
  await admin.expectFitsWidth();

  await page.getByRole('button', { name: 'Опубликовать' }).click();
  await expect(page.getByText('Условия опубликованы.')).toBeVisible();
  const versions = page.getByRole('table', { name: 'Версии условий' });
  await expect(versions.getByRole('row', { name: /01\.06\.2027/ })).toContainText('ещё не действует');
  await expect(versions.getByRole('row', { name: /01\.01\.2015/ })).toContainText('действует');
});
