import { expect, test, type Person } from '../../support/portal';

// The ways of a case and of a comment at the width of a phone: nothing scrolls sideways at any step, on either side.

const PHONE = { width: 360, height: 780 };
const TOPIC = 'Импортозамещение';
const LONG = 'Перенесли каталог и базу на виртуальные машины, проверили нагрузку заранее и переключили домен в ночь на воскресенье. '.repeat(3);

/** Opens a page that has to fit. */
async function open(person: Person, address: string): Promise<void> {
  await person.page.goto(address);
  await person.expectFitsWidth();
}

/** Presses a button; the page that follows has to fit. */
async function press(person: Person, name: string | RegExp): Promise<void> {
  await person.page.getByRole('button', { name }).first().click();
  await person.page.waitForLoadState();
  await person.expectFitsWidth();
}

test('on phones: a case from the brief to the bonus', async ({ person }) => {
  test.setTimeout(3 * 60_000);
  const [partner, staff] = [await person('kvadrat@partner.example', { viewport: PHONE }), await person('reviewer@provider.example', { viewport: PHONE })];
  const { page } = partner;
  await open(partner, '/partner/cases');
  await page.getByRole('link', { name: 'Предложить кейс' }).first().click();
  await partner.expectFitsWidth();
  await page.getByLabel('Название').fill(`Переезд сверхдлинноназванногоинтернетмагазина без остановки ${Date.now()}`);
  await press(partner, 'Сохранить черновик');
  await expect(page).toHaveURL(/\/partner\/cases\/CS-/);
  const address = new URL(page.url()).pathname;
  const reference = address.split('/').pop() ?? '';
  await press(partner, 'Отправить провайдеру');
  await expect(page.locator('#error-summary')).toBeVisible();
  await page.getByLabel('Клиент', { exact: true }).fill('ООО «Первоцвет»');
  await page.getByLabel('Отрасль клиента').selectOption({ label: 'Торговля' });
  await page.getByRole('group', { name: 'Какие услуги использованы' }).getByRole('checkbox').first().check();
  await page.getByLabel('Что сделали').fill(`${LONG}\n\n| Было | Стало | Ещё одна широкая колонка | И ещё одна |\n|---|---|---|---|\n| 1,7 секунды | 0,8 секунды | да | да |\n\n\`${'x'.repeat(120)}\``);
  await page.getByLabel('Что получилось').fill(LONG);
  await press(partner, 'Сохранить и посмотреть');
  await press(partner, 'Отправить провайдеру');
  await expect(page.getByText('Ждёт решения').first()).toBeVisible();

  await open(staff, '/staff/inbox?kind=case_study');
  await open(staff, `/staff/inbox/${reference}?kind=case_study`);
  await staff.expectAccessible();
  await press(staff, /^Одобрить/);

  await open(partner, address);
  for (const section of ['Исходная ситуация', 'Задача', 'Решение', 'Итог']) {
    await page.getByLabel(section, { exact: true }).fill(`${section}: **подробно** и с цифрами. `.repeat(12));
  }
  await page.getByLabel(/^Показатель 1(?!:)/).fill('Время открытия страницы');
  await page.getByLabel('Показатель 1: было').fill('1,7 с');
  await page.getByLabel('Показатель 1: стало').fill('0,8 с');
  await press(partner, 'Отправить подробный рассказ');
  await expect(page.getByText('Провайдер готовит текст.')).toBeVisible();

  await open(staff, `/staff/inbox/${reference}?kind=case_study`);
  await press(staff, 'Сохранить и отдать партнёру');
  await open(partner, address);
  await page.getByText('Вернуть с замечаниями').first().click();
  await page.getByLabel('Что поправить').fill('Не «подробно», а «коротко»');
  await partner.expectFitsWidth();
  await page.getByRole('button', { name: 'Вернуть с замечаниями' }).click();
  await open(staff, `/staff/inbox/${reference}?kind=case_study`);
  const text = staff.page.getByLabel('Текст для публикации');
  await text.fill((await text.inputValue()).replaceAll('подробно', 'коротко'));
  await press(staff, 'Сохранить и отдать партнёру');
  // The difference, and the agreement.
  await open(partner, address);
  await expect(page.locator('.text-difference ins').first()).toContainText('коротко');
  await partner.expectAccessible();
  await press(partner, 'Согласовать версию 2');
  await open(staff, `/staff/inbox/${reference}?kind=case_study`);
  await staff.page.getByLabel('Ссылка').fill(`https://press.example.com/cases/${'on-a-phone/'.repeat(10)}${reference}`);
  await press(staff, /^Записать публикацию/);
  await expect(staff.page.getByText('Публикация записана, бонус начислен')).toBeVisible();
  await open(staff, `/staff/inbox/${reference}?kind=case_study`);

  await open(partner, address);
  await expect(page.getByText('Опубликовано, бонус начислен.')).toBeVisible();
  await partner.expectAccessible();
  await page.getByRole('link', { name: /^Запись №/ }).click();
  await partner.expectFitsWidth();
  await open(partner, '/partner/cases');
  await expect(page.getByText('Опубликовано, бонус начислен.').first()).toBeVisible();
  await open(partner, '/partner/notices');
});

test('on phones: an interview is offered, turned down, offered again and picked', async ({ person }) => {
  const [partner, staff] = [await person('sever@partner.example', { viewport: PHONE }), await person('reviewer@provider.example', { viewport: PHONE })];
  const { page } = partner;
  await open(partner, '/partner/cases/new');
  await page.getByLabel('Название').fill(`Кейс с интервью на телефоне ${Date.now()}`);
  await page.getByLabel('Клиент', { exact: true }).fill('ООО «Первоцвет»');
  await page.getByLabel('Отрасль клиента').selectOption({ label: 'Торговля' });
  await page.getByRole('group', { name: 'Какие услуги использованы' }).getByRole('checkbox').first().check();
  await page.getByLabel('Что сделали').fill(LONG);
  await page.getByLabel('Что получилось').fill(LONG);
  await press(partner, 'Отправить провайдеру');
  await expect(page).toHaveURL(/\/partner\/cases\/CS-/);
  const address = new URL(page.url()).pathname;
  const inbox = `/staff/inbox/${address.split('/').pop()}?kind=case_study`;
  await open(staff, inbox);
  await press(staff, /^Одобрить/);
  await open(partner, address);
  await press(partner, 'Выбрать интервью вместо текста');
  await open(staff, inbox);
  const row = staff.page.getByRole('group', { name: 'Время 1' });
  await row.getByLabel('День').fill('2027-02-03');
  await row.getByLabel('Начало по Москве').fill('15:30');
  await press(staff, 'Предложить время');
  await open(partner, address);
  await press(partner, /^Выбрать 3 февраля 2027, 15:30–16:00/);
  await partner.expectAccessible();
  await open(staff, inbox);
});

test('on phones: a comment from the topics to the bonus', async ({ person, javaScriptEnabled }) => {
  test.setTimeout(3 * 60_000);
  const [partner, staff] = [await person('kvadrat@partner.example', { viewport: PHONE }), await person('reviewer@provider.example', { viewport: PHONE })];
  const { page } = partner;
  const title = `Вышел реестр отечественного программного обеспечения ${Date.now()}`;
  await open(partner, '/partner/telegram-comments');
  await page.getByRole('checkbox', { name: TOPIC }).check();
  await press(partner, /^(Получать новости|Сохранить темы)/);

  await open(staff, '/staff/news/new');
  await staff.page.getByLabel('Что случилось').fill(title);
  await staff.page.getByLabel('Что спросить у партнёра').fill('Что новый реестр значит для ваших клиентов и что вы им советуете?');
  await staff.page.getByLabel('Ссылка на новость').fill(`https://habr.com/ru/news/${'on-a-phone-'.repeat(8)}/`);
  await staff.page.getByRole('checkbox', { name: new RegExp(`^${TOPIC}`) }).check();
  await staff.page.getByLabel('Последний день для ответа').fill('2026-11-27');
  await press(staff, 'Проверить и показать охват');
  await press(staff, /^Отправить/);
  await expect(staff.page.getByText('Новость отправлена партнёрам.')).toBeVisible();

  await open(partner, '/partner/telegram-comments');
  await page.getByRole('link', { name: title }).click();
  await partner.expectFitsWidth();
  const address = new URL(page.url()).pathname;
  const inbox = `/staff/inbox/${address.split('/').pop()}?kind=telegram_comment`;
  await page.getByLabel('Комментарий', { exact: true }).fill('Коротко.');
  await press(partner, 'Отправить комментарий');
  await page.getByLabel('Комментарий', { exact: true }).fill('Мы советуем клиентам проверить реестр до закупки, а не после неё. '.repeat(8));
  await press(partner, 'Отправить комментарий');
  await open(staff, inbox);
  await staff.page.locator('#approve').click();
  await open(staff, inbox);
  await staff.expectAccessible();
  await press(staff, 'Сохранить и отдать партнёру');
  await open(partner, address);
  await press(partner, 'Согласовать версию 1');
  await open(staff, inbox);
  for (const name of ['Содержание', 'Опыт', 'Ясность', 'Скорость']) await staff.page.getByLabel(name, { exact: true }).fill('4');
  await press(staff, 'Поставить бонус');
  const admin = await person('admin@provider.example', { viewport: PHONE });
  await open(admin, inbox);
  await admin.page.getByRole('radio', { name: /Телеграм/ }).check();
  await admin.page.getByLabel('Ссылка').fill(`https://t.me/oblakoteka_news/${javaScriptEnabled === false ? 4302 : 4301}`);
  await press(admin, /^Записать публикацию/);
  await open(partner, address);
  await expect(page.locator('#bonus')).toContainText(/30.000.₽/);
  await partner.expectAccessible();
});
