import { expect, test } from '../../support/portal';

test('the answer of the rules follows what is typed', async ({ person }) => {
  const partner = await person('sever@partner.example');
  await partner.page.goto('/partner/bonus-codes');
  const face = partner.page.getByRole('group', { name: 'Код 1' }).getByLabel('Номинал');
  const answer = partner.page.locator('#verdict');
  const act = partner.page.getByRole('button', { name: /^Запросить/ });
  await expect(act).toHaveText('Запросить коды');

  await face.fill('3000');
  await expect(answer).toContainText('По правилам можно');
  await expect(act).toHaveText(/^Запросить 1.код на 3.000.₽$/);

  // All rules at once, each with its figures.
  await face.fill('0');
  await partner.page.getByRole('button', { name: 'Добавить код' }).click();
  const second = partner.page.getByRole('group', { name: 'Код 2' }).getByLabel('Номинал');
  await expect(second).toBeFocused();
  await second.fill('31000');
  await expect(answer).toContainText('Номинал кода не меньше');
  await expect(answer).toContainText('Номинал кодов в квартале не больше');
  await partner.expectAccessible();

  // The nearest legal choice fills the form in without leaving it.
  await answer.getByRole('button', { name: /^Взять/ }).click();
  await expect(answer).toContainText('По правилам можно');
  await expect(face).toHaveValue('1');
  await expect(second).toHaveValue('29999');
  await expect(partner.page).toHaveURL(/\/partner\/bonus-codes$/);

  await partner.page.getByRole('button', { name: 'Убрать код 1' }).click();
  await expect(partner.page.getByRole('group', { name: 'Код 2' })).toHaveCount(0);
  await expect(face).toHaveValue('29999');
  await expect(act).toHaveText(/^Запросить 1.код на 29.999.₽$/);
});

test('a value that can not be read is said when it is left', async ({ person }) => {
  const partner = await person('sever@partner.example');
  await partner.page.goto('/partner/bonus-codes');
  const face = partner.page.getByLabel('Номинал');
  await face.fill('12,5');
  await partner.page.getByLabel('Заметка').focus();
  await expect(face).toHaveAttribute('aria-invalid', 'true');
  await expect(face).toHaveAccessibleDescription(/.+/);
  await face.fill('12');
  await expect(face).not.toHaveAttribute('aria-invalid', 'true');
});

test('as many rows as a request may hold, and no more', async ({ person }) => {
  const partner = await person('sever@partner.example');
  await partner.page.goto('/partner/bonus-codes');
  const add = partner.page.getByRole('button', { name: 'Добавить код' });
  await expect(add).toBeVisible();
  for (let row = 2; row <= 10; row += 1) {
    await add.click();
    await expect(partner.page.getByRole('group', { name: `Код ${row}`, exact: true })).toBeVisible();
  }
  await expect(add).toBeHidden();
});
