import { expect, test } from '../../support/portal';

test('staff find a partner and see where it stands', async ({ person }) => {
  const reviewer = await person('reviewer@provider.example');
  const { page } = reviewer;
  await page.goto('/staff/inbox');
  await page.getByRole('navigation', { name: 'Разделы' }).getByRole('link', { name: 'Партнёры' }).click();
  const rows = page.getByRole('table', { name: 'Партнёры' }).getByRole('row');
  await expect(rows).toHaveCount(12);
  await expect(rows.filter({ hasText: 'Ручей' })).toContainText('31.01.2027');
  await expect(rows.filter({ hasText: 'Ручей' }).getByRole('img')).toHaveAccessibleName(/октябрь\s2026: \d/);
  await reviewer.expectAccessible();
  await reviewer.expectFitsWidth();

  await page.getByLabel('Модель').selectOption({ label: 'Agent' });
  await page.getByRole('button', { name: 'Найти' }).click();
  await expect(page).toHaveURL(/model=agent/);
  await expect(rows.filter({ hasText: 'Горизонт' })).toHaveCount(1);
  await expect(rows.filter({ hasText: 'Ручей' })).toHaveCount(0);
  await page.getByLabel('Название, код или ИНН').fill('такого нет');
  await page.getByRole('button', { name: 'Найти' }).click();
  await expect(page.getByText('Ничего не найдено')).toBeVisible();
  await reviewer.expectAccessible();
  await page.getByRole('main').getByRole('link', { name: 'Сбросить' }).last().click();

  await page.getByLabel('Название, код или ИНН').fill('вега');
  await page.getByRole('button', { name: 'Найти' }).click();
  await expect(rows).toHaveCount(2);
  await rows.getByRole('link', { name: /Вега/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'ООО «Вега Облачные решения»' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'История уровня' })).toContainText('Professional вернулся, модель White Label');
  await expect(page.getByRole('region', { name: 'Люди' })).toContainText('vega@partner.example');
  await expect(page.getByText('Решает администратор.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Записать решение' })).toBeDisabled();
  await reviewer.expectAccessible();
  await reviewer.expectFitsWidth();
});

test('partners, a partner and the record fit a phone', async ({ person }) => {
  const reviewer = await person('reviewer@provider.example', { viewport: { width: 360, height: 740 } });
  const { page } = reviewer;
  await page.goto('/staff/partners');
  await reviewer.expectFitsWidth();
  await reviewer.expectAccessible();
  await page.getByRole('table').getByRole('link').first().click();
  await expect(page.getByRole('heading', { name: 'Записать экзамен' })).toBeVisible();
  await reviewer.expectFitsWidth();
  await page.goto('/staff/audit');
  await reviewer.expectFitsWidth();
  await reviewer.expectAccessible();
});
