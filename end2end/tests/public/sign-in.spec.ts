import { expect, PASSWORD, test } from '../../support/portal';

test('a wrong password is said in words, and what was asked for opens after the right one', async ({ person }) => {
  const visitor = await person();
  const { page } = visitor;
  await page.goto('/partner/level');
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await visitor.expectAccessible();
  await visitor.expectFitsWidth();
  await page.getByLabel('Почта').fill('gorizont@partner.example');
  await page.getByLabel('Пароль').fill('не тот пароль');
  await page.getByRole('button', { name: 'Войти' }).click();
  await expect(page.getByRole('alert')).toContainText('Почта или пароль не подходят');
  await expect(page.getByLabel('Почта')).toHaveValue('gorizont@partner.example');
  await expect(page.getByLabel('Пароль')).toHaveValue('');
  await visitor.expectAccessible();
  await page.getByLabel('Пароль').fill(PASSWORD);
  await page.getByRole('button', { name: 'Войти' }).click();
  await expect(page).toHaveURL(/\/partner\/level$/);

  await page.getByRole('button', { name: 'Выйти' }).click();
  await expect(page.getByText('Вы вышли из портала.')).toBeVisible();
  await page.goto('/partner');
  await expect(page).toHaveURL(/\/sign-in/);
});

test('a partner has no page of staff, and staff none of a partner', async ({ person }) => {
  const partner = await person('gorizont@partner.example');
  await partner.page.goto('/staff/inbox');
  await expect(partner.page.getByRole('heading', { level: 1 })).toHaveText(/Страница не найдена|Нет доступа/);
  await partner.expectAccessible();
  const reviewer = await person('reviewer@provider.example');
  await reviewer.page.goto('/partner');
  await expect(reviewer.page.getByRole('heading', { level: 1 })).toHaveText(/Страница не найдена|Нет доступа/);
});

test('the rules are open to everybody, in both languages and on a phone', async ({ person }) => {
  const visitor = await person(undefined, { viewport: { width: 360, height: 740 } });
  const { page } = visitor;
  await page.goto('/rules');
  await expect(page.getByRole('heading', { level: 1, name: 'Правила программы' })).toBeVisible();
  await visitor.expectFitsWidth();
  await visitor.expectAccessible();
  await page.goto('/nowhere');
  await expect(page.getByRole('heading', { level: 1, name: 'Страница не найдена' })).toBeVisible();
  await visitor.expectAccessible();
});
