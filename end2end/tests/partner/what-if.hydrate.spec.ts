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
  await expect(page.getByLabel(/^Январь.2027, ₽$/)).toBeHidden();
  await page.getByRole('link', { name: 'Начать заново: как сегодня' }).click();
  await expect(page.getByLabel(/^Январь.2027, ₽$/)).toBeVisible();
  await partner.expectAccessible();
});

test('while one types, the address follows and the server is not asked; the address opens the same', async ({ person }) => {
  const partner = await person('vega@partner.example');
  const { page } = partner;
  await page.goto('/partner/what-if', { waitUntil: 'networkidle' });
  await expect(page.getByRole('button', { name: 'Скопировать ссылку' })).toBeVisible();
  const result = page.locator('#result');
  const before = await result.innerText();
  const asked: string[] = [];
  // Chromium looks for the icon of the page again where its address changes; everything else would be ours.
  const icon = (await page.locator('link[rel="icon"]').getAttribute('href')) ?? '';
  page.on('request', (request) => {
    if (!request.url().endsWith(icon)) asked.push(request.url());
  });

  await page.getByLabel(/^Ноябрь.2026, ₽$/).pressSequentially('0');
  await expect(result).not.toHaveText(before);
  await page.getByLabel('Дата экзамена').fill('2026-12-10');
  await page.getByLabel('Доля KVM, %').fill('60');
  const slider = page.getByRole('slider', { name: /^Февраль.2027, ползунок$/ });
  await slider.focus();
  for (let step = 0; step < 5; step += 1) await page.keyboard.press('ArrowRight');
  await page.getByLabel('На сколько месяцев вперёд').selectOption('12');
  await expect(page).toHaveURL(/exam=2026-12-10&kvm=60$/);
  await expect(page.getByLabel(/^Октябрь.2027, ₽$/)).toBeVisible();
  // Keys do not wait for each other: what is read at the end is what comes of everything that was entered.
  await expect(page.getByRole('link', { name: 'Ссылка на этот расчёт' })).toHaveAttribute('href', new URL(page.url()).pathname + new URL(page.url()).search);
  await page.waitForLoadState('networkidle');
  expect(asked, 'requests while one types').toEqual([]);

  const typed = await result.innerHTML();
  await page.goto(page.url());
  expect(await result.innerHTML()).toBe(typed);
  await expect(page.getByLabel('Доля KVM, %')).toHaveValue('60');
  await partner.expectAccessible();
});
