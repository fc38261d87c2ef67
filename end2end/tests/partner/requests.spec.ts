import { expect, test } from '../../support/portal';

test('requests of all kinds stand in one list, and a filter stays in the address', async ({ person }) => {
  const partner = await person('kvadrat@partner.example');
  await partner.page.goto('/partner/requests');
  await expect(partner.page.getByRole('link', { name: /^BC-/ }).first()).toBeVisible();
  await expect(partner.page.getByRole('link', { name: /^FM-/ }).first()).toBeVisible();
  await partner.expectAccessible();
  await partner.expectFitsWidth();

  await partner.page.getByRole('navigation', { name: 'Вид заявок' }).getByRole('link', { name: 'Бесплатный месяц' }).click();
  await expect(partner.page).toHaveURL(/kind=free_month/);
  await expect(partner.page.getByRole('link', { name: /^FM-/ }).first()).toBeVisible();
  await expect(partner.page.getByRole('link', { name: /^BC-/ })).toHaveCount(0);
});

test('a refused request says why, in the words of the staff', async ({ person }) => {
  const partner = await person('ruchey@partner.example');
  await partner.page.goto('/partner/requests');
  await partner.page.getByRole('row').filter({ hasText: 'Отказано' }).getByRole('link').click();
  await expect(partner.page.getByRole('heading', { name: 'Почему отказано: Лимит исчерпан' })).toBeVisible();
  await expect(partner.page.getByText('Лимит квартала для этой категории клиентов уже исчерпан.').first()).toBeVisible();
  await expect(partner.page.getByText('В заявке отказано')).toBeVisible();
  await partner.expectAccessible();
  await partner.page.getByRole('link', { name: 'Запросить снова' }).click();
  // The form holds what was asked for, and says why it was refused.
  await expect(partner.page).toHaveURL(/\/partner\/bonus-codes\?again=BC-/);
  await expect(partner.page.locator('#again')).toContainText('Лимит исчерпан');
  await expect(partner.page.getByLabel('Номинал').first()).toHaveValue(/^\d+$/);
  await partner.expectAccessible();
});

test('a request that waits is withdrawn after one question, and what it held is free again', async ({ person }) => {
  const partner = await person('orion@partner.example');
  await partner.page.goto('/partner/bonus-codes');
  await partner.page.getByLabel('Номинал').fill('2000');
  await partner.page.getByRole('button', { name: /^Запросить/ }).click();
  await expect(partner.page).toHaveURL(/\/partner\/requests\/BC-/);
  const confirm = partner.page.getByRole('button', { name: /^Отозвать BC-/ });
  await expect(confirm).toBeHidden();
  await partner.page.getByText('Отозвать заявку', { exact: true }).click();
  await expect(partner.page.getByText(/Отозвать BC-.* 1.код на 2.000.₽\?/)).toBeVisible();
  await partner.expectAccessible();
  await confirm.click();
  await expect(partner.page.getByText('Заявка отозвана.')).toBeVisible();
  await expect(partner.page.getByText('Отозвать заявку', { exact: true })).toHaveCount(0);
  await partner.page.goto('/partner/bonus-codes');
  await expect(partner.page.getByText(/^0 из 10$/)).toBeVisible();
});

test('another partner\'s request is not found', async ({ person }) => {
  const owner = await person('ruchey@partner.example');
  await owner.page.goto('/partner/requests');
  const address = await owner.page.getByRole('row').nth(1).getByRole('link').getAttribute('href');
  const stranger = await person('granit@partner.example');
  const answer = await stranger.page.goto(address ?? '');
  expect(answer?.status()).toBe(404);
  await stranger.expectAccessible();
});

test('a request fits a phone', async ({ person }) => {
  const partner = await person('kvadrat@partner.example', { viewport: { width: 360, height: 740 } });
  await partner.page.goto('/partner/requests');
  await partner.expectFitsWidth();
  await partner.page.getByRole('row').filter({ hasText: 'Одобрена' }).getByRole('link', { name: /^BC-/ }).first().click();
  await expect(partner.page.getByRole('heading', { name: 'Выданные коды' })).toBeVisible();
  await partner.expectFitsWidth();
  await partner.expectAccessible();
});
