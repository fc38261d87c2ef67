import { expect, test } from '../../support/portal';

const PHONE = { width: 360, height: 780 };

test('on phones: a partner asks for a code and a free month, staff approve, the partner reads the code', async ({ person, javaScriptEnabled }) => {
  const partner = await person('almaz@partner.example', { viewport: PHONE });
  const { page } = partner;
  // By the menu, as a thumb would.
  await page.getByText('Меню', { exact: true }).click();
  await page.getByRole('navigation').getByRole('link', { name: 'Бонусные коды' }).filter({ visible: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Бонусные коды' })).toBeVisible();
  await page.getByRole('group', { name: 'Код 1' }).getByLabel('Номинал').fill('700');
  await page.getByRole('button', { name: /^Запросить/ }).click();
  await expect(page.getByText('Заявка отправлена.')).toBeVisible();
  const codes = /BC-\d{4}-\d{6}/.exec(page.url())?.[0] ?? '';
  await partner.expectFitsWidth();

  await page.goto('/partner/free-months');
  await page.locator('main a[href^="/partner/free-months/"]').first().click();
  await page.getByRole('link', { name: /^Самый ранний/ }).click();
  await expect(page.locator('#verdict')).toContainText('По правилам можно');
  await partner.expectFitsWidth();
  await page.getByRole('button', { name: /^Запросить/ }).click();
  await expect(page.getByText('Заявка отправлена.')).toBeVisible();
  const month = /FM-\d{4}-\d{6}/.exec(page.url())?.[0] ?? '';

  const reviewer = await person('reviewer@provider.example', { viewport: PHONE });
  for (const reference of [codes, month]) {
    await reviewer.page.goto('/staff/inbox');
    await reviewer.page.getByRole('link', { name: reference }).click();
    await reviewer.expectFitsWidth();
    await reviewer.page.getByRole('button', { name: /^Одобрить/ }).click();
    await expect(reviewer.page.getByText('Заявка одобрена.')).toBeVisible();
    await reviewer.expectFitsWidth();
  }

  await page.goto(`/partner/requests/${codes}`);
  await expect(page.getByText('Одобрена').first()).toBeVisible();
  const code = page.locator('code').filter({ hasText: /^[2-9A-Z]{4}(-[2-9A-Z]{4}){4}$/ });
  await expect(code).toBeVisible();
  if (javaScriptEnabled !== false) {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('group', { name: 'Выданные коды' }).getByRole('button', { name: 'Скопировать' }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await code.textContent());
  }
  await partner.expectAccessible();
  await partner.expectFitsWidth();
  await page.goto(`/partner/requests/${month}`);
  await expect(page.getByText('Одобрена').first()).toBeVisible();
  await partner.expectFitsWidth();
});
