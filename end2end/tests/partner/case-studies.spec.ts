import { png } from '../../support/pictures';
import { expect, test, type Person } from '../../support/portal';

// A case study on its way (CASE-1): from the brief to the bonus in the ledger, and one that is sent back for two fields.

const DONE = 'Перенесли базу данных и каталог на виртуальные машины, проверили нагрузку заранее и переключили домен в ночь на воскресенье. '.repeat(2);
const RESULT = 'Страница открывается за 0,8 секунды вместо 1,7; распродажа прошла без остановок.';

/** Begins a case and saves it as a draft; its address. */
async function draft({ page }: Person, title: string): Promise<string> {
  await page.goto('/partner/cases');
  await page.getByRole('link', { name: 'Предложить кейс' }).first().click();
  await page.getByLabel('Название').fill(title);
  await page.getByRole('button', { name: 'Сохранить черновик' }).click();
  await expect(page).toHaveURL(/\/partner\/cases\/CS-/);
  return new URL(page.url()).pathname;
}

/** Fills in the rest of the brief. */
async function fillBrief({ page }: Person): Promise<void> {
  await page.getByLabel('Клиент', { exact: true }).fill('ООО «Первоцвет»');
  await page.getByLabel('Отрасль клиента').selectOption({ label: 'Торговля' });
  await page.getByRole('group', { name: 'Какие услуги использованы' }).getByRole('checkbox').first().check();
  await page.getByLabel('Что сделали').fill(DONE);
  await page.getByLabel('Что получилось').fill(RESULT);
}

test('a case goes from the brief to the accrued bonus', async ({ person }) => {
  test.setTimeout(3 * 60_000);
  const [partner, staff] = [await person('kvadrat@partner.example'), await person('reviewer@provider.example')];
  const title = `Переезд магазина ${Date.now()}`;
  const address = await draft(partner, title);
  const reference = address.split('/').pop() ?? '';
  // Unfinished it is not submitted, and nothing that was typed is lost.
  await partner.page.getByRole('button', { name: 'Отправить провайдеру' }).click();
  await expect(partner.page.locator('#error-summary')).toBeVisible();
  await expect(partner.page.getByLabel('Название')).toHaveValue(title);
  await partner.expectAccessible();
  await fillBrief(partner);
  await partner.page.getByRole('button', { name: 'Сохранить и посмотреть' }).click();
  await expect(partner.page.locator('#preview').getByText('распродажа прошла без остановок')).toBeVisible();
  await partner.page.getByRole('button', { name: 'Отправить провайдеру' }).click();
  await expect(partner.page.getByText('Ждёт решения').first()).toBeVisible();
  await partner.expectAccessible();

  await staff.page.goto(`/staff/inbox/${reference}?kind=case_study`);
  await staff.expectAccessible();
  await staff.page.getByRole('button', { name: /^Одобрить/ }).click();

  await partner.page.goto(address);
  await expect(partner.page.getByRole('heading', { name: 'Подробный рассказ' })).toBeVisible();
  const files = partner.page.locator('#files');
  await files.getByLabel('Выберите файлы').setInputFiles([
    { name: 'Каталог до.png', mimeType: 'image/png', buffer: png(640, 400, [200, 40, 40]) },
    { name: 'Каталог после.png', mimeType: 'image/png', buffer: png(640, 400, [40, 120, 40]) },
  ]);
  await files.getByRole('button', { name: 'Приложить' }).click();
  await expect(files.getByRole('img')).toHaveCount(2);
  await partner.expectAccessible();
  for (const section of ['Исходная ситуация', 'Задача', 'Решение', 'Итог']) {
    await partner.page.getByLabel(section, { exact: true }).fill(`${section}: **подробно** и с цифрами. `.repeat(12));
  }
  await partner.page.getByLabel(/^Показатель 1(?!:)/).fill('Время открытия страницы');
  await partner.page.getByLabel('Показатель 1: было').fill('1,7 с');
  await partner.page.getByLabel('Показатель 1: стало').fill('0,8 с');
  await partner.page.getByRole('textbox', { name: /^Слова/ }).fill('Мы забыли, что у нас есть серверы.');
  await partner.page.getByLabel('Кто сказал').fill('Анна Иванова');
  await partner.page.getByRole('button', { name: 'Отправить подробный рассказ' }).click();
  // Nobody is quoted without consent.
  await expect(partner.page.locator('#error-summary')).toContainText('Без согласия опубликовать нельзя');
  await partner.expectAccessible();
  await partner.page.getByLabel(/^Автор согласен/).check();
  await partner.page.getByRole('button', { name: 'Отправить подробный рассказ' }).click();
  await expect(partner.page.getByText('Провайдер готовит текст.')).toBeVisible();

  await staff.page.goto(`/staff/inbox/${reference}?kind=case_study`);
  await expect(staff.page.getByLabel('Текст для публикации')).toHaveValue(/Исходная ситуация/);
  await expect(staff.page.locator('#files').getByRole('img')).toHaveCount(2);
  await staff.page.getByRole('button', { name: 'Сохранить и отдать партнёру' }).click();
  await expect(staff.page.getByText('Текст отдан партнёру на согласование')).toBeVisible();

  await partner.page.goto(address);
  await expect(partner.page.getByRole('heading', { name: 'Текст, версия 1' })).toBeVisible();
  await partner.page.getByText('Вернуть с замечаниями').first().click();
  await partner.page.getByLabel('Что поправить').fill('Не «подробно», а «коротко»');
  await partner.page.getByRole('button', { name: 'Вернуть с замечаниями' }).click();

  await staff.page.goto(`/staff/inbox/${reference}?kind=case_study`);
  const text = staff.page.getByLabel('Текст для публикации');
  await text.fill((await text.inputValue()).replaceAll('подробно', 'коротко'));
  await staff.page.getByRole('button', { name: 'Сохранить и отдать партнёру' }).click();

  await partner.page.goto(address);
  await expect(partner.page.locator('.text-difference ins').first()).toContainText('коротко');
  await expect(partner.page.locator('.text-difference del').first()).toContainText('подробно');
  await partner.expectAccessible();
  await partner.page.getByRole('button', { name: 'Согласовать версию 2' }).click();
  await expect(partner.page.getByText('Текст согласован, провайдер публикует его.')).toBeVisible();

  await staff.page.goto(`/staff/inbox/${reference}?kind=case_study`);
  await expect(staff.page.getByText(/начислится 40.000.₽/)).toBeVisible();
  await staff.page.getByLabel('Ссылка').fill('http://localhost/');
  await staff.page.getByRole('button', { name: /^Записать публикацию/ }).click();
  await expect(staff.page.locator('#error-summary')).toBeVisible();
  await staff.expectAccessible();
  await staff.page.getByLabel('Ссылка').fill(`https://press.example.com/cases/${reference}`);
  await staff.page.getByRole('button', { name: /^Записать публикацию/ }).click();
  await expect(staff.page.getByText('Публикация записана, бонус начислен')).toBeVisible();

  await partner.page.goto(address);
  await expect(partner.page.getByText('Опубликовано, бонус начислен.')).toBeVisible();
  await partner.page.getByRole('link', { name: /^Запись №/ }).click();
  await expect(partner.page).toHaveURL(/\/partner\/money\//);
  await expect(partner.page.getByText(/40.000.₽/).first()).toBeVisible();
  // And back to the case.
  await partner.page.getByRole('link', { name: reference }).click();
  await expect(partner.page).toHaveURL(address);
});

test('a case sent back for two fields is answered without typing the rest again', async ({ person }) => {
  const [partner, staff] = [await person('sever@partner.example'), await person('reviewer@provider.example')];
  const address = await draft(partner, `Кейс с правками ${Date.now()}`);
  const reference = address.split('/').pop() ?? '';
  await fillBrief(partner);
  await partner.page.getByRole('button', { name: 'Отправить провайдеру' }).click();

  await staff.page.goto(`/staff/inbox/${reference}?kind=case_study`);
  await staff.page.getByText('Попросить поправить').first().click();
  await staff.page.getByLabel(/^Что получилось:/).fill('Добавьте цифры за месяц');
  await staff.page.getByLabel(/^Отрасль клиента:/).fill('Это скорее логистика');
  await staff.page.getByRole('button', { name: 'Попросить поправить' }).click();

  await partner.page.goto(address);
  await expect(partner.page.getByText('Провайдер: Добавьте цифры за месяц')).toBeVisible();
  await expect(partner.page.getByText('Провайдер: Это скорее логистика')).toBeVisible();
  await expect(partner.page.getByLabel('Название')).toHaveCount(0);
  await expect(partner.page.getByLabel('Что получилось')).toHaveValue(RESULT);
  await partner.expectAccessible();
  await partner.expectFitsWidth();
  await partner.page.getByLabel('Что получилось').fill(`${RESULT} За месяц заказов стало на 18 % больше.`);
  await partner.page.getByLabel('Отрасль клиента').selectOption({ label: 'Логистика' });
  await partner.page.getByRole('button', { name: 'Отправить правки' }).click();
  await expect(partner.page.getByText('На рассмотрении').first()).toBeVisible();

  // Refused after all, it is taken up again as it was, the reason on top of the form.
  await staff.page.goto(`/staff/inbox/${reference}?kind=case_study`);
  await staff.page.getByText('Отказать с причиной').click();
  await staff.page.getByLabel('Причина').selectOption({ label: 'Не хватает сведений' });
  await staff.page.getByLabel('Что прочтёт партнёр').fill('Не видно, чем история интересна другим.');
  await staff.page.locator('summary', { hasText: 'Слова у полей' }).click();
  await staff.page.getByLabel('К полю «Что получилось»').fill('Сравните с прошлым годом');
  await staff.expectAccessible();
  await staff.page.getByRole('button', { name: 'Отказать', exact: true }).click();

  await partner.page.goto(address);
  await partner.page.getByRole('button', { name: 'Исправить и отправить снова' }).click();
  // Reason, text and words stand in the form, the words at their field.
  const form = partner.page.locator('#case-form');
  await expect(form.locator('#refusal')).toContainText('Не хватает сведений');
  await expect(form.locator('#refusal')).toContainText('Не видно, чем история интересна другим.');
  await expect(form.locator('.stack', { has: partner.page.getByLabel('Что получилось') }).last()).toContainText('Провайдер: Сравните с прошлым годом');
  await expect(partner.page.getByLabel('Что сделали')).toHaveValue(DONE);
  await partner.expectAccessible();
  await partner.page.getByRole('button', { name: 'Отправить провайдеру' }).click();
  await expect(partner.page.getByText('Ждёт решения').first()).toBeVisible();
});

test('an interview instead of a text: a time is offered, picked and taken into the calendar', async ({ person }) => {
  const [partner, staff] = [await person('kvadrat@partner.example'), await person('reviewer@provider.example')];
  const address = await draft(partner, `Кейс с интервью ${Date.now()}`);
  const reference = address.split('/').pop() ?? '';
  await fillBrief(partner);
  await partner.page.getByRole('button', { name: 'Отправить провайдеру' }).click();
  await staff.page.goto(`/staff/inbox/${reference}?kind=case_study`);
  await staff.page.getByRole('button', { name: /^Одобрить/ }).click();
  await partner.page.goto(address);
  await partner.page.getByRole('button', { name: 'Выбрать интервью вместо текста' }).click();
  await staff.page.goto(`/staff/inbox/${reference}?kind=case_study`);
  const row = staff.page.getByRole('group', { name: 'Время 1' });
  await row.getByLabel('День').fill('2027-02-02');
  await row.getByLabel('Начало по Москве').fill('15:30');
  await staff.page.getByRole('button', { name: 'Предложить время' }).click();
  await expect(staff.page.getByText('Время предложено партнёру')).toBeVisible();
  await partner.page.goto(address);
  await partner.page.getByRole('button', { name: /^Выбрать 2 февраля 2027, 15:30–16:00/ }).click();
  await partner.expectAccessible();
  const file = await partner.page.request.get(`/partner/requests/${reference}/interview.ics`);
  expect(file.headers()['content-type']).toContain('text/calendar');
  expect(await file.text()).toContain('DTSTART:20270202T123000Z');
});

test('who has no such privilege reads why', async ({ person }) => {
  const partner = await person('ruchey@partner.example');
  await partner.page.goto('/partner/cases');
  await expect(partner.page.getByRole('heading', { name: 'Кейсы' })).toBeVisible();
  await partner.expectAccessible();
  await partner.expectFitsWidth();
});
