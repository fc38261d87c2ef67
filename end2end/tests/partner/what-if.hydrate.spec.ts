import { expect, test } from '../../support/portal';

test('sliders and fields answer at once, and a field for one month takes the word from the field for all', async ({ person }) => {
  const partner = await person('ruchey@partner.example');
  const { page } = partner;
  await page.goto('/partner/what-if');
  const slider = page.getByRole('slider', { name: /^Декабрь.2026, ползунок$/ });
  await expect(slider).toBeVisible();
  const december = page.getByLabel(/^Декабрь.2026, ₽$/);
  await page.getByLabel('Выручка каждого месяца, ₽').fill('1000');
  await expect(december).toHaveValue('1000');
  await slider.focus();
  await page.keyboard.press('End');
  const end = (await slider.getAttribute('max')) ?? '';
  await expect(december).toHaveValue(end);
  await expect(page.getByLabel('Выручка каждого месяца, ₽')).toHaveValue('');
  // A month at the minimum brings the level back, with its cause.
  const plan = page.getByRole('region', { name: 'Мой план' });
  await expect(plan).toContainText('Professional вернулся');
  await expect(plan).toContainText(/Декабрь\s2026:\sвыручка/);
  await expect(page.getByRole('region', { name: 'Как сегодня' })).not.toContainText('Professional вернулся');

  await december.fill('много');
  await expect(page.getByText(/Пока\sсчитаем\s.*как\sсегодня/)).toBeVisible();
  await expect(december).toHaveAttribute('aria-invalid', 'true');
  await december.fill('30 000');
  await expect(page.getByText(/Пока\sсчитаем/)).toHaveCount(0);
  await page.getByLabel('На сколько месяцев вперёд').selectOption('2');
  await expect(page).toHaveURL(/r=1000_30000$/);
  await expect(page.getByLabel(/^Январь.2027, ₽$/)).toHaveCount(0);
  await page.getByRole('link', { name: 'Начать заново: как сегодня' }).click();
  await expect(page.getByLabel(/^Январь.2027, ₽$/)).toBeVisible();
  await partner.expectAccessible();
});
