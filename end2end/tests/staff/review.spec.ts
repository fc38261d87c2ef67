import { askForCodes } from '../../support/asking';
import { expect, test } from '../../support/portal';

test('a request is sent back for two fields and comes again without retyping, in its old place', async ({ person }) => {
  const partner = await person('gorizont@partner.example');
  const reference = await askForCodes(partner, [1500, 400]);

  const reviewer = await person('reviewer@provider.example');
  const { page } = reviewer;
  await page.goto(`/staff/inbox/${reference}`);
  await page.getByRole('button', { name: 'Взять', exact: true }).click();
  await expect(page.getByText('Заявка у вас в работе.')).toBeVisible();
  await page.locator('summary', { hasText: 'Попросить поправить' }).click();
  await page.getByLabel(/^Номинал кода 1: /).fill('Клиент просил 1 200 ₽');
  await page.getByLabel(/^Заметка к коду 2: /).fill('Напишите, зачем второй код');
  await reviewer.expectAccessible();
  await page.getByRole('button', { name: 'Попросить поправить' }).click();
  await expect(page.getByText('Партнёра попросили поправить заявку.')).toBeVisible();

  // The partner reads the words beside the fields; the rest is not open, and what was typed is still there.
  await partner.page.goto(`/partner/requests/${reference}`);
  await expect(partner.page.getByText('Нужны правки').first()).toBeVisible();
  await expect(partner.page.getByText('Место в очереди сохраняется.')).toBeVisible();
  const form = partner.page.locator('#correction form');
  await expect(form.getByLabel('Номинал кода 1')).toHaveValue('1500');
  await expect(form.getByText('Клиент просил 1 200 ₽')).toBeVisible();
  await expect(form.getByLabel('Номинал кода 2')).toHaveCount(0);
  await partner.expectAccessible();
  await partner.expectFitsWidth();
  await form.getByLabel('Номинал кода 1').fill('тысяча двести');
  await form.getByLabel('Заметка к коду 2').fill('Для тестового стенда');
  await form.getByRole('button', { name: 'Отправить правки' }).click();
  await expect(form.getByLabel('Номинал кода 1')).toHaveValue('тысяча двести');
  await expect(form.getByLabel('Заметка к коду 2')).toHaveValue('Для тестового стенда');
  await partner.expectAccessible();
  await form.getByLabel('Номинал кода 1').fill('1200');
  await form.getByRole('button', { name: 'Отправить правки' }).click();
  await expect(partner.page.getByText('Правки отправлены. Место в очереди сохранилось.')).toBeVisible();
  await expect(partner.page.getByText('На рассмотрении').first()).toBeVisible();
  await expect(partner.page.locator('#correction')).toHaveCount(0);

  await page.goto(`/staff/inbox/${reference}`);
  await page.getByRole('button', { name: /^Одобрить/ }).click();
  await expect(page.getByText('Заявка одобрена.')).toBeVisible();
  await partner.page.goto(`/partner/requests/${reference}`);
  await expect(partner.page.getByText(/1.200.₽/).first()).toBeVisible();
  await expect(partner.page.getByText('Для тестового стенда').first()).toBeVisible();
});

test('the sides write to each other, and notes of staff stay with staff', async ({ person }) => {
  const partner = await person('gorizont@partner.example');
  const reference = await askForCodes(partner, [250]);
  await partner.page.getByLabel('Сообщение').fill('Когда ответите?\nКлиент ждёт.');
  await partner.page.getByRole('button', { name: 'Отправить', exact: true }).click();
  await expect(partner.page.getByText('Сообщение отправлено.')).toBeVisible();

  const reviewer = await person('reviewer@provider.example');
  const { page } = reviewer;
  await page.goto(`/staff/inbox/${reference}`);
  await expect(page.locator('#thread')).toContainText('Когда ответите?');
  await page.getByLabel('Заметка', { exact: true }).fill('Проверить клиента в CRM');
  await page.getByRole('button', { name: 'Записать', exact: true }).click();
  await expect(page.getByText('Заметка записана.')).toBeVisible();
  await page.getByLabel('Сообщение').fill('Сегодня до вечера.');
  await page.getByRole('button', { name: 'Отправить', exact: true }).click();
  await expect(page.locator('#thread')).toContainText('Сегодня до вечера.');
  await expect(page.locator('#notes')).toContainText('Проверить клиента в CRM');
  await reviewer.expectAccessible();

  await partner.page.reload();
  await expect(partner.page.locator('#thread')).toContainText('Сегодня до вечера.');
  await expect(partner.page.locator('main')).not.toContainText('CRM');
});

test('several are approved at once, the one that the rules refuse stays, and the same again does nothing twice', async ({ person }) => {
  const partner = await person('volna@partner.example');
  const own = partner.page;
  const good = await askForCodes(partner, [150]);
  await own.goto('/partner/free-months');
  // The clients of the first rows have stories of their own.
  const client = own.getByRole('row').nth(3).getByRole('link').first();
  const name = (await client.textContent()) ?? '';
  await client.click();
  await own.getByRole('radio', { name: /фев.*2027/ }).check();
  await own.getByRole('button', { name: /^Запросить/ }).click();
  await expect(own.getByText('Заявка отправлена.')).toBeVisible();
  const late = /FM-\d{4}-\d{6}/.exec(own.url())?.[0] ?? '';
  // While both wait, the client begins a trial, and a client in a trial gets no free month (FREE-4).
  await own.goto(`/partner/clients?search=${encodeURIComponent(name)}`);
  await own.getByRole('table').getByRole('link', { name }).click();
  await own.getByText('Записать тест').first().click();
  await own.getByLabel('Базы данных').check();
  await own.getByLabel(/Первый день/).fill('2026-11-20');
  await own.getByRole('button', { name: 'Записать тест' }).click();
  await expect(own.getByText('Тест записан.')).toBeVisible();

  // The list is open twice, so that the same form is sent twice.
  const reviewer = await person('reviewer@provider.example');
  const { page } = reviewer;
  await page.goto(`/staff/inbox?q=${encodeURIComponent('Волна')}`);
  const twin = await page.context().newPage();
  await twin.goto(page.url());
  for (const list of [page, twin]) {
    for (const reference of [good, late]) await list.getByRole('checkbox', { name: `Выбрать ${reference}` }).check();
  }
  await page.getByRole('button', { name: 'С выбранными: одобрить' }).click();
  const lines = page.locator('#bulk-result').getByRole('listitem');
  await expect(page.locator('#bulk-result')).toContainText('Сделано: 1 из 2');
  await expect(lines.nth(0)).toHaveText(`${good}: Сделано`);
  await expect(lines.nth(1)).toContainText(`${late}: Не проходит по правилам`);
  await expect(lines.nth(1).getByRole('link', { name: 'Правило FREE-4' })).toBeVisible();
  await reviewer.expectAccessible();
  await twin.getByRole('button', { name: 'С выбранными: одобрить' }).click();
  const again = twin.locator('#bulk-result').getByRole('listitem');
  await expect(twin.locator('#bulk-result')).toContainText('Сделано: 0 из 2');
  await expect(again.nth(0)).toHaveText(`${good}: Уже было сделано`);
  await expect(again.nth(1).getByRole('link', { name: 'Правило FREE-4' })).toBeVisible();
  await twin.close();
  await own.goto(`/partner/requests/${good}`);
  await expect(own.getByText('Одобрена').first()).toBeVisible();
  await own.goto(`/partner/requests/${late}`);
  await expect(own.getByText('Ждёт решения').first()).toBeVisible();
});

test('several are refused with one reason, and what was typed survives a mistake', async ({ person }) => {
  const partner = await person('orion@partner.example');
  const asked = [await askForCodes(partner, [110]), await askForCodes(partner, [120])];
  const reviewer = await person('reviewer@provider.example');
  const { page } = reviewer;
  await page.goto(`/staff/inbox?q=${encodeURIComponent('Орион')}`);
  for (const reference of asked) await page.getByRole('checkbox', { name: `Выбрать ${reference}` }).check();
  await page.locator('summary', { hasText: 'С выбранными: отказать' }).click();
  await page.getByLabel('Что прочтут партнёры').fill('Такие заявки примем в следующем квартале.');
  await page.getByRole('button', { name: 'Отказать выбранным' }).click();
  await expect(page.locator('#error-summary')).toContainText('Основание для всех');
  await expect(page.getByLabel('Что прочтут партнёры')).toHaveValue('Такие заявки примем в следующем квартале.');
  for (const reference of asked) await expect(page.getByRole('checkbox', { name: `Выбрать ${reference}` })).toBeChecked();
  await reviewer.expectAccessible();
  await page.getByLabel('Основание для всех').selectOption({ label: 'Другая причина' });
  await page.getByRole('button', { name: 'Отказать выбранным' }).click();
  await expect(page.locator('#bulk-result')).toContainText('Сделано: 2 из 2');
  await partner.page.goto(`/partner/requests/${asked[1]}`);
  await expect(partner.page.getByText('Такие заявки примем в следующем квартале.').first()).toBeVisible();
});

test('a refused request is opened again by an administrator, with both decisions kept', async ({ person }) => {
  const partner = await person('gorizont@partner.example');
  const reviewer = await person('reviewer@provider.example');
  const { page } = reviewer;
  const refused = await askForCodes(partner, [350]);
  await page.goto(`/staff/inbox/${refused}`);
  await page.getByText('Отказать с причиной').click();
  await page.getByLabel('Причина').selectOption({ index: 1 });
  await page.getByLabel('Что прочтёт партнёр').fill('Лимит оставим другому клиенту.');
  await page.getByRole('button', { name: 'Отказать', exact: true }).click();
  await expect(page.getByText('В заявке отказано.')).toBeVisible();
  const admin = await person('admin@provider.example');
  await admin.page.goto(`/staff/inbox/${refused}`);
  await admin.page.locator('summary', { hasText: 'Открыть снова' }).click();
  await admin.page.getByLabel('Почему').fill('Клиент передумал, лимит свободен.');
  await admin.expectAccessible();
  await admin.page.getByRole('button', { name: 'Открыть снова' }).click();
  await expect(admin.page.getByText('Заявка открыта снова.')).toBeVisible();
  await partner.page.goto(`/partner/requests/${refused}`);
  await expect(partner.page.getByText('В заявке отказано').first()).toBeVisible();
  await expect(partner.page.getByText('Лимит оставим другому клиенту.').first()).toBeVisible();
  await expect(partner.page.getByText('На рассмотрении').first()).toBeVisible();
});
