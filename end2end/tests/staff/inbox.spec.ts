import { askForCodes } from '../../support/asking';
import { expect, test } from '../../support/portal';

// The partners here wait for decisions in no other story.

test('what waits is found by kind and by text, oldest first', async ({ person }) => {
  const reviewer = await person('reviewer@provider.example');
  const { page } = reviewer;
  await page.goto('/staff/inbox');
  await expect(page.getByRole('heading', { level: 1, name: 'Входящие' })).toBeVisible();
  const list = page.getByRole('list', { name: 'Заявки, которые ждут' });
  await expect(list.getByRole('link').first()).toContainText('Квадрат');
  await expect(list.getByRole('link').first()).toContainText('3 дня');
  await reviewer.expectAccessible();
  await reviewer.expectFitsWidth();

  await page.getByRole('navigation', { name: 'Вид заявок' }).getByRole('link', { name: /^Бонусные коды/ }).click();
  await expect(list.getByRole('link').first()).toContainText('BC-');
  await page.getByLabel('Номер, партнёр или клиент').fill('волна');
  await page.getByRole('button', { name: 'Найти' }).click();
  await expect(page).toHaveURL(/kind=bonus_codes/);
  for (const line of await list.getByRole('link').all()) await expect(line).toContainText('Волна');
  await page.getByLabel('Номер, партнёр или клиент').fill('такого нет');
  await page.getByRole('button', { name: 'Найти' }).click();
  await expect(page.getByText('Ничего не найдено')).toBeVisible();
  await reviewer.expectAccessible();
});

test('a refusal needs a reason and words, and the partner reads both', async ({ person }) => {
  const partner = await person('orion@partner.example');
  const reference = await askForCodes(partner, [700]);

  const reviewer = await person('reviewer@provider.example');
  const { page } = reviewer;
  await page.goto('/staff/inbox');
  await page.getByLabel('Номер, партнёр или клиент').fill(reference);
  await page.getByRole('button', { name: 'Найти' }).click();
  await page.getByRole('link', { name: reference }).click();
  const panel = page.getByRole('article', { name: `Заявка ${reference}` });
  await expect(panel.getByText('По правилам можно').first()).toBeVisible();
  await expect(panel.getByRole('heading', { name: 'ООО «Орион Консалт»' })).toBeVisible();
  await reviewer.expectAccessible();
  await panel.getByText('Отказать с причиной').click();
  // The browser stops an empty choice; words of nothing but spaces pass it and are stopped by the portal.
  await panel.getByRole('button', { name: 'Отказать' }).click();
  await expect(panel.getByLabel('Причина')).toBeFocused();
  await panel.getByLabel('Причина').selectOption({ index: 2 });
  await panel.getByLabel('Что прочтёт партнёр').fill('            ');
  await panel.getByRole('button', { name: 'Отказать' }).click();
  await expect(panel.getByRole('alert')).toContainText('Проверьте поля');
  await expect(panel.getByLabel('Причина').locator('option:checked')).toHaveText('Клиенту это не положено');
  await reviewer.expectAccessible();
  await panel.getByLabel('Причина').selectOption({ index: 1 });
  const reason = (await panel.getByLabel('Причина').locator('option:checked').textContent()) ?? '';
  await panel.getByLabel('Что прочтёт партнёр').fill('Укажите, для какого клиента код: <b>без этого</b> не принять.');
  await panel.getByRole('button', { name: 'Отказать' }).click();
  await expect(page.getByText('В заявке отказано.')).toBeVisible();

  await partner.page.goto(`/partner/requests/${reference}`);
  await expect(partner.page.getByText('Отказано').first()).toBeVisible();
  await expect(partner.page.getByText(reason).first()).toBeVisible();
  await expect(partner.page.getByText('Укажите, для какого клиента код: <b>без этого</b> не принять.').first()).toBeVisible();
  await partner.expectAccessible();
});

test('what two decide at once is decided once, and the second reads so', async ({ person }) => {
  const partner = await person('sever@partner.example');
  const reference = await askForCodes(partner, [300]);
  const reviewer = await person('reviewer@provider.example');
  const admin = await person('admin@provider.example');
  for (const staff of [reviewer, admin]) await staff.page.goto(`/staff/inbox/${reference}`);
  await admin.page.getByRole('button', { name: /^Одобрить/ }).click();
  await expect(admin.page.getByText('Заявка одобрена.')).toBeVisible();
  await reviewer.page.getByRole('button', { name: /^Одобрить/ }).click();
  await expect(reviewer.page.getByText('Заявка уже одобрена. Ничего не изменилось')).toBeVisible();
  await reviewer.expectAccessible();
  await partner.page.goto('/partner/bonus-codes');
  await expect(partner.page.locator('code')).toHaveCount(1);
});

test('a request that no longer fits is refused to the reviewer with the rule', async ({ person }) => {
  const partner = await person('volna@partner.example');
  const { page } = partner;
  await page.goto('/partner/free-months');
  const client = page.getByRole('row').nth(2).getByRole('link').first();
  const name = (await client.textContent()) ?? '';
  await client.click();
  await page.getByRole('radio', { name: /фев.*2027/ }).check();
  await page.getByRole('button', { name: /^Запросить/ }).click();
  await expect(page.getByText('Заявка отправлена.')).toBeVisible();
  const reference = /FM-\d{4}-\d{6}/.exec(page.url())?.[0] ?? '';

  // The reviewer has the request open while the client begins a trial.
  const reviewer = await person('reviewer@provider.example');
  await reviewer.page.goto(`/staff/inbox/${reference}`);
  await expect(reviewer.page.getByRole('button', { name: /^Одобрить/ })).toBeEnabled();
  await page.goto(`/partner/clients?search=${encodeURIComponent(name)}`);
  await page.getByRole('table').getByRole('link', { name }).click();
  await page.getByText('Записать тест').first().click();
  await page.getByLabel('Базы данных').check();
  await page.getByLabel(/Первый день/).fill('2026-11-20');
  await page.getByRole('button', { name: 'Записать тест' }).click();
  await expect(page.getByText('Тест записан.')).toBeVisible();

  await reviewer.page.getByRole('button', { name: /^Одобрить/ }).click();
  await expect(reviewer.page.getByText('Не сделано: правила сейчас против, причина ниже')).toBeVisible();
  await expect(reviewer.page.getByRole('group', { name: 'По правилам нельзя' }).getByRole('link', { name: 'Правило FREE-4' })).toBeVisible();
  await expect(reviewer.page.getByRole('button', { name: /^Одобрить/ })).toBeDisabled();
  await expect(reviewer.page.getByText('Одобрить нельзя: правила сейчас против')).toBeVisible();
  await expect(reviewer.page.getByRole('listitem').filter({ hasText: reference }).getByText('Не проходит: FREE-4')).toBeVisible();
  await reviewer.expectAccessible();
  await page.goto(`/partner/requests/${reference}`);
  await expect(page.getByText('Ждёт решения').first()).toBeVisible();
});

test('the inbox fits a phone', async ({ person }) => {
  const reviewer = await person('reviewer@provider.example', { viewport: { width: 360, height: 740 } });
  await reviewer.page.goto('/staff/inbox');
  await reviewer.expectFitsWidth();
  await reviewer.page.getByRole('list', { name: 'Заявки, которые ждут' }).getByRole('link').first().click();
  await expect(reviewer.page.getByRole('heading', { name: 'Решение' })).toBeVisible();
  await reviewer.expectFitsWidth();
  await reviewer.expectAccessible();
});
