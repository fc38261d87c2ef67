import { expect, test } from '../../support/portal';

test('keys go from request to request and to the decision', async ({ person }) => {
  const reviewer = await person('reviewer@provider.example');
  const { page } = reviewer;
  await page.goto('/staff/inbox');
  await page.getByRole('list', { name: 'Заявки, которые ждут' }).getByRole('link').first().click();
  const first = page.url();
  await expect(page.getByRole('link', { name: /^Следующая/ })).toBeVisible();
  await page.waitForLoadState('networkidle');
  await page.keyboard.press('j');
  await expect(page).not.toHaveURL(first);
  await page.waitForLoadState('networkidle');
  await page.keyboard.press('k');
  await expect(page).toHaveURL(first);
  await page.waitForLoadState('networkidle');
  await page.keyboard.press('a');
  await expect(page.locator('#approve')).toBeFocused();
  // So they do to the refusal, to the first field to ask about, and to the choice of who has it.
  for (const [key, control] of [['r', '#field-reason'], ['s', 'form[action$="/requests/ask"] input:not([type=hidden])'], ['g', '#assign-to']] as const) {
    await page.locator('#approve').focus();
    await page.keyboard.press(key);
    await expect(page.locator(control).first()).toBeFocused();
  }
  // In a field the keys are letters.
  await page.getByLabel('Номер, партнёр или клиент').fill('');
  await page.getByLabel('Номер, партнёр или клиент').pressSequentially('jk');
  await expect(page.getByLabel('Номер, партнёр или клиент')).toHaveValue('jk');
  await expect(page).toHaveURL(first);

  // A key names the keys, and who is disturbed by them turns them off.
  await page.locator('#approve').focus();
  await page.keyboard.press('?');
  const panel = page.locator('#keys');
  await expect(panel.getByText('следующая заявка')).toBeVisible();
  await reviewer.expectAccessible();
  await panel.getByLabel('Выключить клавиши в этом браузере').check();
  await page.locator('#approve').focus();
  await page.keyboard.press('j');
  await page.reload();
  await page.waitForLoadState('networkidle');
  await page.keyboard.press('j');
  await expect(page).toHaveURL(first);
  await page.keyboard.press('?');
  await panel.getByLabel('Выключить клавиши в этом браузере').uncheck();
  await page.locator('#approve').focus();
  await page.keyboard.press('j');
  await expect(page).not.toHaveURL(first);
});
