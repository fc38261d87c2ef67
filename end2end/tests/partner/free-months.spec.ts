import { expect, test } from '../../support/portal';

test('a free month is picked from the calendar', async ({ person }) => {
  const partner = await person('volna@partner.example');
  await partner.page.goto('/partner/free-months');
  await expect(partner.page.getByRole('heading', { level: 1, name: 'Бесплатные месяцы' })).toBeVisible();
  await partner.expectAccessible();
  await partner.expectFitsWidth();

  const row = partner.page.getByRole('row').nth(1);
  const client = (await row.getByRole('link').first().textContent()) ?? '';
  await row.getByRole('link').first().click();
  await expect(partner.page.getByRole('heading', { level: 1 })).toContainText(client);
  await expect(partner.page.getByRole('radio')).toHaveCount(13);
  await partner.expectAccessible();
  await partner.expectFitsWidth();

  await partner.page.getByRole('link', { name: /^Самый ранний: ноябрь.2026$/ }).click();
  await expect(partner.page.getByRole('radio', { name: /ноя.*2026/ })).toBeChecked();
  // What it costs, and that one month in between is needed.
  await expect(partner.page.locator('#verdict')).toContainText('По правилам можно');
  await expect(partner.page.locator('#verdict')).toContainText(/закроется декабрь.2026/);
  await partner.page.getByRole('radio', { name: /янв.*2027/ }).check();
  await partner.page.getByRole('button', { name: /^Запросить/ }).click();

  await expect(partner.page).toHaveURL(/\/partner\/requests\/FM-\d{4}-\d{6}/);
  await expect(partner.page.getByText('Заявка отправлена.')).toBeVisible();
  await expect(partner.page.getByText('январь 2027').or(partner.page.getByText('январь\u00a02027')).first()).toBeVisible();
  await expect(partner.page.getByText('vm-1').first()).toBeVisible();
  await partner.expectAccessible();

  // The calendar knows: the month is held, its neighbours are closed and say why.
  await partner.page.goBack();
  await partner.page.goto('/partner/free-months');
  await partner.page.getByRole('row').filter({ hasText: client }).getByRole('link').first().click();
  await expect(partner.page.getByRole('radio', { name: /янв.*2027.*ждёт решения/ })).toBeVisible();
  const closed = partner.page.getByRole('radio', { name: /фев.*2027.*нужен перерыв/ });
  await expect(closed).toHaveAccessibleDescription(/нужен перерыв не меньше 1.месяца/);

  // Asked for all the same, it is refused with the rule, and the way out is one click away.
  await closed.check();
  await partner.page.getByRole('button', { name: /^Запросить/ }).click();
  await expect(partner.page.getByRole('alert')).toContainText('Заявка не отправлена');
  const answer = partner.page.locator('#verdict');
  await expect(answer.getByRole('link', { name: 'Правило FREE-3' })).toBeVisible();
  await answer.getByRole('link', { name: /^Взять ноябрь.2026$/ }).click();
  await expect(partner.page.getByRole('radio', { name: /ноя.*2026/ })).toBeChecked();
  await expect(partner.page.locator('#verdict')).toContainText('По правилам можно');
  await partner.expectAccessible();
});

test('machines are added to a month that the client has', async ({ person }) => {
  const partner = await person('gorizont@partner.example');
  await partner.page.goto('/partner/free-months');
  await partner.page.getByRole('row').filter({ hasText: 'одобрен' }).getByRole('link').first().click();
  await partner.page.locator('label.strip__month', { hasText: 'одобрен' }).first().click();
  await partner.page.getByRole('button', { name: /^Запросить/ }).click();
  await expect(partner.page.getByText('Заявка отправлена.')).toBeVisible();
});

test('a form without a month or without a machine says what is missing', async ({ person }) => {
  const partner = await person('granit@partner.example');
  await partner.page.goto('/partner/free-months');
  await partner.page.getByRole('row').nth(1).getByRole('link').first().click();
  await partner.page.getByRole('button', { name: /^Запросить/ }).click();
  await expect(partner.page.getByRole('alert')).toContainText('Выберите месяц');
  for (const machine of await partner.page.getByRole('checkbox').all()) await machine.uncheck();
  await partner.page.getByRole('radio', { name: /дек.*2026/ }).check();
  await partner.page.getByRole('button', { name: /^Запросить/ }).click();
  await expect(partner.page.locator('#verdict')).toContainText('Укажите хотя бы одну виртуальную машину');
  for (const machine of await partner.page.getByRole('checkbox').all()) await expect(machine).not.toBeChecked();
  await partner.expectAccessible();
});

test('clients are found by name or INN, and a client with a trial that runs has no month', async ({ person }) => {
  const partner = await person('sever@partner.example');
  await partner.page.goto('/partner/free-months');
  const closed = partner.page.getByRole('row').filter({ hasText: 'Сейчас нельзя' });
  await expect(closed.first()).toBeVisible();
  const name = (await partner.page.getByRole('row').nth(1).getByRole('link').first().textContent()) ?? '';
  await partner.page.getByRole('searchbox').fill(name);
  await partner.page.getByRole('button', { name: 'Найти' }).click();
  await expect(partner.page.getByRole('row')).toHaveCount(2);
  await partner.page.getByRole('searchbox').fill('такого клиента нет');
  await partner.page.getByRole('button', { name: 'Найти' }).click();
  await expect(partner.page.getByText('Никого не нашлось')).toBeVisible();
  await partner.expectAccessible();
});

test('what a month would close is shown before it is asked for, without scripting by a button', async ({ person, javaScriptEnabled }) => {
  const partner = await person('granit@partner.example');
  const { page } = partner;
  await page.goto('/partner/free-months');
  // A client that nothing speaks against.
  const free = page.getByRole('row').filter({ has: page.getByRole('link', { name: /^ноябрь.2026$/ }) });
  await free.first().getByRole('link').first().click();
  const month = (name: RegExp) => page.getByRole('radio', { name });
  const machine = page.getByRole('checkbox').first();
  const show = page.getByRole('button', { name: 'Показать, что закроет этот месяц' });
  await month(/янв.*2027/).check();
  await machine.uncheck();
  if (javaScriptEnabled) {
    await expect(show).toBeHidden();
  } else {
    await expect(month(/дек.*2026.*закроется/)).toHaveCount(0);
    await show.click();
    await expect(page).toHaveURL(/\/partner\/free-months\/.*form=/);
    await expect(page.getByRole('alert')).toHaveCount(0);
  }
  await expect(month(/янв.*2027/)).toBeChecked();
  await expect(machine).not.toBeChecked();
  await expect(month(/дек.*2026.*закроется/)).toBeVisible();
  await expect(month(/фев.*2027.*закроется/)).toBeVisible();
  await partner.expectAccessible();
});

test('the calendar fits a phone', async ({ person }) => {
  const partner = await person('kvadrat@partner.example', { viewport: { width: 360, height: 740 } });
  await partner.page.goto('/partner/free-months');
  await partner.expectFitsWidth();
  await partner.page.getByRole('row').nth(1).getByRole('link').first().click();
  await expect(partner.page.getByRole('radio')).toHaveCount(13);
  await partner.expectFitsWidth();
  await partner.expectAccessible();
});

test('another partner\'s client is not found', async ({ person }) => {
  const owner = await person('kvadrat@partner.example');
  await owner.page.goto('/partner/free-months');
  const address = await owner.page.getByRole('row').nth(1).getByRole('link').first().getAttribute('href');
  const stranger = await person('sever@partner.example');
  const answer = await stranger.page.goto(address ?? '');
  expect(answer?.status()).toBe(404);
});
