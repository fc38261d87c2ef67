import { expect, Person, test } from '../../support/portal';

// A draft is saved while it is written: of a case, which begins with its first save, and of a comment.

const SAVED = /^Сохранено в \d\d:\d\d$/;

test('a case is saved while it is written, and a tab that comes too late is told so and loses nothing', async ({ person }) => {
  const partner = await person('kvadrat@partner.example');
  const { page } = partner;
  await page.goto('/partner/cases/new');
  // What will be needed stands before the form.
  await expect(page.locator('#needed')).toContainText('Что понадобится');
  await partner.expectAccessible();
  await partner.expectFitsWidth();
  const title = `Черновик сам собой ${Date.now()}`;
  await page.getByLabel('Название').fill(title);
  await expect(page.getByText(SAVED)).toBeVisible();
  await expect(page).toHaveURL(/\/partner\/cases\/CS-\d{4}-\d{6}$/);
  const address = new URL(page.url()).pathname;
  await page.reload();
  await expect(page.getByLabel('Название')).toHaveValue(title);

  // A second tab of the same draft, read before the first one goes on.
  const second = new Person(await page.context().newPage());
  await second.page.goto(address);
  await page.getByLabel('Что сделали').fill('Перенесли каталог на виртуальные машины.');
  await expect(page.getByText(SAVED)).toBeVisible();
  await second.page.getByLabel('Название').fill(`${title}, иначе`);
  await expect(second.page.getByText(/Черновик изменили в другом окне/)).toBeVisible();
  await expect(second.page.getByLabel('Название')).toHaveValue(`${title}, иначе`);
  await second.expectAccessible();
  // Saved by its button, it says what changed, and holds what was typed here and there.
  await second.page.getByRole('button', { name: 'Сохранить черновик' }).click();
  await expect(second.page.locator('#changed')).toContainText('Изменены поля: Что сделали');
  await expect(second.page.getByLabel('Название')).toHaveValue(`${title}, иначе`);
  await expect(second.page.getByLabel('Что сделали')).toHaveValue('Перенесли каталог на виртуальные машины.');
  await second.expectAccessible();
  await second.page.getByLabel('Что сделали').fill('Перенесли каталог на виртуальные машины за ночь.');
  await expect(second.page.getByText(SAVED)).toBeVisible();
  await second.page.reload();
  await expect(second.page.getByLabel('Название')).toHaveValue(`${title}, иначе`);
  await expect(second.page.getByLabel('Что сделали')).toHaveValue('Перенесли каталог на виртуальные машины за ночь.');
  expect(second.errors, 'errors in the console').toEqual([]);
});

test('a comment is saved while it is written', async ({ person }) => {
  const partner = await person('kvadrat@partner.example');
  const { page } = partner;
  await page.goto('/partner/telegram-comments');
  await page.getByRole('checkbox', { name: 'Контейнеры и доставка кода' }).check();
  await page.getByRole('button', { name: /^(Получать новости|Сохранить темы)/ }).click();
  const title = `Вышел новый планировщик контейнеров ${Date.now()}`;
  const { page: desk } = await person('reviewer@provider.example');
  await desk.goto('/staff/news/new');
  await desk.getByLabel('Что случилось').fill(title);
  await desk.getByLabel('Что спросить у партнёра').fill('Что новый планировщик значит для ваших клиентов и что вы им советуете?');
  await desk.getByLabel('Ссылка на новость').fill('https://habr.com/ru/news/2/');
  await desk.getByRole('checkbox', { name: /^Контейнеры/ }).check();
  await desk.getByLabel('Последний день для ответа').fill('2026-11-27');
  await desk.getByRole('button', { name: 'Проверить и показать охват' }).click();
  await desk.getByRole('button', { name: /^Отправить/ }).click();
  await expect(desk.getByText('Новость отправлена партнёрам.')).toBeVisible();

  await page.goto('/partner/telegram-comments');
  await page.getByRole('link', { name: title }).click();
  const words = 'Планировщик ставит контейнеры туда, где дешевле.';
  await page.getByLabel('Комментарий', { exact: true }).fill(words);
  await expect(page.getByText(SAVED)).toBeVisible();
  await partner.expectAccessible();
  await page.reload();
  await expect(page.getByLabel('Комментарий', { exact: true })).toHaveValue(words);
});
