import { expect, test } from '../../support/portal';

test('the arrow keys walk through the calendar, and every month says what it is', async ({ person }) => {
  const partner = await person('gorizont@partner.example');
  await partner.page.goto('/partner/free-months');
  await partner.page.getByRole('row').filter({ hasText: 'одобрен' }).getByRole('link').first().click();
  const month = (name: RegExp) => partner.page.getByRole('radio', { name });
  await expect(month(/дек.*2026.*одобрен/)).toBeVisible();
  const answer = partner.page.locator('#verdict');

  await month(/ноя.*2026/).focus();
  await partner.page.keyboard.press('Space');
  await expect(answer).toContainText('Между бесплатными месяцами');
  await expect(month(/ноя.*2026/)).toHaveAccessibleDescription(/перерыв/);
  await partner.page.keyboard.press('ArrowRight');
  await expect(month(/дек.*2026/)).toBeFocused();
  await partner.page.keyboard.press('ArrowRight');
  await expect(month(/янв.*2027/)).toBeFocused();
  await expect(month(/янв.*2027/)).toHaveAccessibleDescription(/перерыв/);
  await partner.page.keyboard.press('ArrowRight');
  await expect(month(/фев.*2027/)).toBeChecked();
  await expect(answer).toContainText('По правилам можно');

  // The second of two months closes every other.
  await expect(answer).toContainText('закроются');
  await expect(month(/апр.*2027.*закроется/)).toBeVisible();
  await expect(partner.page.getByRole('button', { name: /^Запросить февраль.2027$/ })).toBeVisible();

  await partner.page.keyboard.press('End');
  await expect(month(/ноя.*2027/)).toBeFocused();
  await partner.page.keyboard.press('Home');
  await expect(month(/ноя.*2026/)).toBeFocused();
  await expect(partner.page.getByRole('button', { name: /^Запросить ноябрь.2026$/ })).toBeVisible();

  await partner.page.getByRole('link', { name: /^Самый ранний: / }).click();
  await expect(month(/фев.*2027/)).toBeChecked();
  await expect(partner.page).not.toHaveURL(/month=/);

  for (const machine of await partner.page.getByRole('checkbox').all()) await machine.uncheck();
  await expect(answer).toContainText('Укажите хотя бы одну виртуальную машину');
  await partner.expectAccessible();
});
