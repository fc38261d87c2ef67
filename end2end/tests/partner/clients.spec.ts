import { expect, test } from '../../support/portal';

test('a partner finds a client by its name and by its INN', async ({ person }) => {
  const partner = await person('vega@partner.example');
  const { page } = partner;
  await page.goto('/partner/clients');
  const rows = page.getByRole('table', { name: 'Клиенты по названию' }).locator('tbody').getByRole('row');
  await partner.expectAccessible();
  const [name, inn] = [await rows.first().getByRole('link').innerText(), (await rows.first().getByRole('cell').first().innerText()).trim()];
  const search = page.getByRole('searchbox', { name: /Название или ИНН/ });
  await search.fill(inn);
  await page.getByRole('button', { name: 'Найти' }).click();
  await expect(rows).toHaveCount(1);
  await expect(rows.first()).toContainText(name);
  await expect(search).toHaveValue(inn);
  await search.fill('такого клиента нет');
  await page.getByRole('button', { name: 'Найти' }).click();
  await expect(page.getByText('Ничего не найдено')).toBeVisible();
  await page.getByRole('link', { name: 'Показать всех' }).click();
  await page.getByRole('link', { name, exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await expect(page.getByRole('table', { name: /Стоимость услуг по месяцам/ })).toContainText('ElasticCloud KVM');
  await expect(page.getByRole('table', { name: 'Что запущено у клиента' })).toContainText('vm-1');
  await partner.expectAccessible();
  await page.getByRole('link', { name: 'Календарь бесплатных месяцев' }).first().click();
  await expect(page).toHaveURL(/\/partner\/free-months\/[0-9a-f-]+$/);
});

test('a client with a mistake in its INN is mended and added, and the same INN is refused', async ({ person }) => {
  const partner = await person('granit@partner.example');
  const { page } = partner;
  await page.goto('/partner/clients');
  await page.getByRole('link', { name: 'Добавить клиента' }).click();
  await page.getByLabel('ИНН').fill('7707083890');
  await page.getByLabel('Название').fill('ООО «Проба & <Ко>»');
  await page.getByRole('button', { name: 'Добавить клиента' }).click();
  await expect(page.getByRole('alert')).toContainText('ИНН');
  await expect(page.getByLabel('ИНН')).toHaveValue('7707083890');
  await expect(page.getByLabel('Название')).toHaveValue('ООО «Проба & <Ко>»');
  await partner.expectAccessible();
  await page.getByLabel('ИНН').fill('7707083893');
  await page.getByRole('button', { name: 'Добавить клиента' }).click();
  await expect(page.getByText('Клиент добавлен.')).toBeVisible();
  await expect(page.getByRole('heading', { level: 1, name: 'ООО «Проба & <Ко>»' })).toBeVisible();
  await page.goto('/partner/clients/new');
  await page.getByLabel('ИНН').fill('7707083893');
  await page.getByLabel('Название').fill('Ещё раз');
  await page.getByRole('button', { name: 'Добавить клиента' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.getByLabel('Название')).toHaveValue('Ещё раз');
});

test('a Professional partner records a trial, and later its last day', async ({ person }) => {
  const partner = await person('vega@partner.example', { viewport: { width: 360, height: 800 } });
  const { page } = partner;
  await page.goto('/partner/clients');
  await page.getByRole('table').getByRole('link').nth(1).click();
  await page.getByText('Записать тест').first().click();
  await page.getByRole('button', { name: 'Записать тест' }).click();
  await expect(page.getByRole('alert')).toContainText('Что тестирует клиент');
  await page.getByLabel('ElasticCloud Hyper-V').check();
  await page.getByLabel('Базы данных').check();
  await page.getByLabel(/Первый день/).fill('2026-11-10');
  await page.getByRole('button', { name: 'Записать тест' }).click();
  await expect(page.getByText('Тест записан.')).toBeVisible();
  const trial = page.getByRole('table', { name: /Тесты клиента/ }).getByRole('row', { name: /ElasticCloud Hyper-V, Базы данных/ });
  await expect(trial).toContainText('10.11.2026');
  await expect(trial).toContainText('до результата');
  await partner.expectFitsWidth();
  await partner.expectAccessible();

  await page.getByLabel(/Последний день теста/).fill('2026-11-09');
  await page.getByRole('button', { name: 'Записать конец теста' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await page.getByLabel(/Последний день теста/).fill('2026-11-20');
  await page.getByRole('button', { name: 'Записать конец теста' }).click();
  await expect(page.getByText('Результат теста записан.')).toBeVisible();
  await expect(trial).toContainText('20.11.2026');
  await expect(trial).toContainText('закончен');
});

test('a trial at Basic has its last day from the start', async ({ person }) => {
  const { page } = await person('granit@partner.example');
  await page.goto('/partner/clients');
  await page.getByRole('table').getByRole('link').first().click();
  await page.getByText('Записать тест').first().click();
  await expect(page.getByText('Тест, который начнётся сегодня, закончится 5 декабря 2026.')).toBeVisible();
  await page.getByLabel('MONT Office').check();
  await page.getByRole('button', { name: 'Записать тест' }).click();
  await expect(page.getByRole('table', { name: /Тесты клиента/ }).getByRole('row', { name: /MONT Office/ })).toContainText('05.12.2026');
});

test("another partner's client is not found", async ({ person }) => {
  const owner = await person('vega@partner.example');
  await owner.page.goto('/partner/clients');
  const address = await owner.page.getByRole('table').getByRole('link').first().getAttribute('href');
  const stranger = await person('kvadrat@partner.example');
  const answer = await stranger.page.goto(address ?? '');
  expect(answer?.status()).toBe(404);
});
