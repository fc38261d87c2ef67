import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OwnPortal } from '../../support/own-portal';
import { expect, test, type Person } from '../../support/portal';

const TITLE = 'Выросли цены на память для серверов';
const ANSWER = `Память подорожала на треть, и это видно в каждом счёте. ${'Мы советуем клиентам считать память на квартал, а не на год. '.repeat(6)}`;

async function optIn(partner: Person, topic: string): Promise<void> {
  await partner.page.goto('/partner/telegram-comments');
  await partner.page.getByRole('checkbox', { name: topic }).check();
  await partner.page.getByRole('button', { name: /^(Получать новости|Сохранить темы)/ }).click();
  await expect(partner.page.getByText('Темы записаны.')).toBeVisible();
}

async function writeNews(staff: Person, topic: RegExp, deadline: string): Promise<void> {
  const { page } = staff;
  await page.goto('/staff/news/new');
  await page.getByLabel('Что случилось').fill(TITLE);
  await page.getByLabel('Что спросить у партнёра').fill('Что подорожание памяти значит для ваших клиентов и что вы им советуете?');
  await page.getByLabel('Ссылка на новость').fill('https://habr.com/ru/news/1/');
  await page.getByRole('checkbox', { name: topic }).check();
  await page.getByLabel('Последний день для ответа').fill(deadline);
  await page.getByRole('button', { name: 'Проверить и показать охват' }).click();
}

test('a comment goes from opting in to the bonus', async ({ person, javaScriptEnabled }) => {
  test.slow();
  const partner = await person('sever@partner.example');
  const { page } = partner;
  await page.goto('/partner/telegram-comments');
  await expect(page.getByRole('heading', { level: 1, name: 'Комментарии к новостям' })).toBeVisible();
  // What a comment is worth is said before anything is written.
  const rubric = page.locator('#rubric');
  await expect(rubric).toContainText(/10.000.₽/);
  await expect(rubric).toContainText(/30.000.₽/);
  await expect(rubric.getByRole('row')).toHaveCount(5);
  await partner.expectAccessible();
  await partner.expectFitsWidth();
  await optIn(partner, 'Базы данных');
  await expect(page.locator('#topics')).toContainText('Новости приходят по темам: Базы данных');

  const reviewer = await person('reviewer@provider.example');
  await reviewer.page.goto('/staff/news/new');
  // What is wrong comes back with everything that was typed.
  await reviewer.page.getByLabel('Что случилось').fill(TITLE);
  await reviewer.page.getByLabel('Ссылка на новость').fill('http://habr.com/ru/news/1/');
  await reviewer.page.locator('form').filter({ has: reviewer.page.getByLabel('Что случилось') }).evaluate((form: HTMLFormElement) => form.setAttribute('novalidate', ''));
  await reviewer.page.getByRole('button', { name: 'Проверить и показать охват' }).click();
  await expect(reviewer.page.getByRole('alert')).toContainText('Ссылка на новость');
  await expect(reviewer.page.getByLabel('Что случилось')).toHaveValue(TITLE);
  await expect(reviewer.page.getByRole('button', { name: /^Отправить/ })).toHaveCount(0);
  await reviewer.expectAccessible();

  await writeNews(reviewer, /^Базы данных/, '2026-11-27');
  await expect(reviewer.page.locator('#reach')).toContainText(/Новость получит 1 партнёр/);
  await reviewer.expectAccessible();
  await reviewer.expectFitsWidth();
  await reviewer.page.getByRole('button', { name: 'Отправить 1 партнёру' }).click();
  await expect(reviewer.page.getByText('Новость отправлена партнёрам.')).toBeVisible();
  await expect(reviewer.page.getByRole('row').filter({ hasText: TITLE }).first()).toContainText('27.11.2026');
  await reviewer.expectAccessible();

  // The partner finds the news by its notice, and answers; what is too short stays, with the reason.
  await page.goto('/partner/notices');
  await page.getByRole('link', { name: new RegExp(TITLE) }).first().click();
  await expect(page).toHaveURL(/\/partner\/requests\/TC-\d{4}-\d{6}/);
  const reference = /TC-\d{4}-\d{6}/.exec(page.url())?.[0] ?? '';
  await expect(page.locator('#news')).toContainText(/до 27.ноября.2026 включительно/);
  await page.getByLabel('Комментарий', { exact: true }).fill('Память подорожала.');
  if (javaScriptEnabled) await expect(page.locator('#answer')).toContainText('Знаков: 18.');
  await page.getByRole('button', { name: 'Сохранить черновик' }).click();
  await expect(page.locator('#answer')).toContainText('Знаков: 18.');
  await page.getByRole('button', { name: 'Отправить комментарий' }).click();
  await expect(page.getByRole('alert')).toContainText('Комментарий');
  await expect(page.getByLabel('Комментарий', { exact: true })).toHaveValue('Память подорожала.');
  await partner.expectAccessible();
  await partner.expectFitsWidth();
  await page.getByLabel('Комментарий', { exact: true }).fill(ANSWER);
  await page.getByRole('button', { name: 'Отправить комментарий' }).click();
  await expect(page.getByText('Заявка отправлена.')).toBeVisible();

  await reviewer.page.goto(`/staff/inbox/${reference}?kind=telegram_comment`);
  await expect(reviewer.page.locator('#answer')).toContainText('Память подорожала на треть');
  await reviewer.expectAccessible();
  await reviewer.page.locator('#approve').click();
  await expect(reviewer.page.getByText('Заявка одобрена.')).toBeVisible();
  // The text is edited, offered and agreed. The editor begins with what the partner wrote.
  await reviewer.page.goto(`/staff/inbox/${reference}?kind=telegram_comment`);
  const text = reviewer.page.getByLabel('Текст для публикации');
  await expect(text).toHaveValue(/Память подорожала на треть/);
  await text.fill(`${ANSWER} Под редакцией.`);
  await reviewer.page.getByRole('button', { name: 'Сохранить и отдать партнёру' }).click();
  await expect(reviewer.page.getByText('Текст отдан партнёру на согласование')).toBeVisible();
  await page.goto(`/partner/requests/${reference}`);
  await expect(page.locator('#text')).toContainText('Под редакцией.');
  await partner.expectAccessible();
  await page.getByRole('button', { name: 'Согласовать версию 1' }).click();

  // One sets the bonus, another publishes.
  await reviewer.page.goto(`/staff/inbox/${reference}?kind=telegram_comment`);
  for (const [name, points] of [['Содержание', '4'], ['Опыт', '2'], ['Ясность', '1'], ['Скорость', '0']]) await reviewer.page.getByLabel(name, { exact: true }).fill(points);
  await reviewer.page.getByRole('button', { name: 'Поставить бонус' }).click();
  await expect(reviewer.page.locator('#bonus')).toContainText(/22.000.₽/);
  await expect(reviewer.page.getByText('Бонус поставили вы')).toBeVisible();
  await reviewer.expectAccessible();
  await reviewer.expectFitsWidth();
  const admin = await person('admin@provider.example');
  await admin.page.goto(`/staff/inbox/${reference}?kind=telegram_comment`);
  await expect(admin.page.getByText(/начислится 22.000.₽/)).toBeVisible();
  await admin.page.getByRole('radio', { name: /Телеграм/ }).check();
  await admin.page.getByLabel('Ссылка').fill(`https://t.me/oblakoteka_news/${javaScriptEnabled === false ? 4202 : 4201}`);
  await admin.page.getByRole('button', { name: /^Записать публикацию/ }).click();
  await expect(admin.page.getByText('Публикация записана, бонус начислен')).toBeVisible();
  await admin.expectAccessible();
  await page.goto(`/partner/requests/${reference}`);
  await expect(page.locator('#bonus')).toContainText(/22.000.₽/);
  await partner.expectAccessible();
  await partner.expectFitsWidth();
  await page.getByRole('link', { name: /^Запись №/ }).click();
  await expect(page).toHaveURL(/\/partner\/money\//);
  await expect(page.getByText(/22.000.₽/).first()).toBeVisible();
});

test('who has no privilege reads why, and the rubric all the same', async ({ person }) => {
  const partner = await person('granit@partner.example', { viewport: { width: 360, height: 740 } });
  const { page } = partner;
  await page.goto('/partner/telegram-comments');
  await expect(page.locator('#rubric')).toContainText(/30.000.₽/);
  await expect(page.locator('#topics').getByRole('link', { name: 'Правило PRIV-1' })).toBeVisible();
  await expect(page.getByRole('checkbox')).toHaveCount(0);
  await partner.expectAccessible();
  await partner.expectFitsWidth();
});

test('what nobody answers is closed at the deadline, and both sides see it', async ({ person, javaScriptEnabled }) => {
  test.setTimeout(5 * 60_000);
  const port = javaScriptEnabled === false ? 3122 : 3121;
  const portal = new OwnPortal(port, join(process.env.PORTAL_END2END_DATA ?? tmpdir(), `comments-${port}`));
  try {
    await portal.start('2026-11-22T10:00:00+03:00');
    const partner = await person('sever@partner.example', { portal: portal.address });
    await optIn(partner, 'Базы данных');
    const reviewer = await person('reviewer@provider.example', { portal: portal.address });
    await writeNews(reviewer, /^Базы данных/, '2026-11-23');
    await reviewer.page.getByRole('button', { name: /^Отправить/ }).click();
    await expect(reviewer.page.getByText('Новость отправлена партнёрам.')).toBeVisible();
    await partner.page.goto('/partner/telegram-comments');
    await partner.expectAccessible();
    await partner.page.getByRole('link', { name: TITLE }).click();
    const address = new URL(partner.page.url()).pathname;
    await partner.page.getByLabel('Комментарий', { exact: true }).fill('Начало, которое никто не дописал.');
    await partner.page.getByRole('button', { name: 'Сохранить черновик' }).click();
    await expect(partner.page.locator('#answer')).toContainText('Знаков: 33.');

    // The portal starts again on the day after the deadline, and closes what came due while it was away.
    await portal.stop();
    await portal.start('2026-11-24T10:00:00+03:00');
    await reviewer.signIn('reviewer@provider.example');
    await expect(async () => {
      await reviewer.page.goto('/staff/news');
      await expect(reviewer.page.getByRole('row').filter({ hasText: TITLE }).first().getByRole('cell').last()).toHaveText('1', { timeout: 1000 });
    }).toPass({ timeout: 90_000 });
    await partner.signIn('sever@partner.example');
    await partner.page.goto(address);
    await expect(partner.page.locator('#closed')).toContainText('Закрыто без ответа');
    await expect(partner.page.getByRole('button', { name: 'Отправить комментарий' })).toHaveCount(0);
    await partner.expectAccessible();
    await partner.page.goto('/partner/notices');
    await expect(partner.page.getByText('закрыта без комментария').first()).toBeVisible();
    await reviewer.page.goto(`/staff/inbox/${address.split('/').pop()}`);
    await expect(reviewer.page.getByText('Партнёр не ответил до срока')).toBeVisible();
    await reviewer.expectAccessible();
    await reviewer.expectFitsWidth();
    portal.operate(['ledger', 'verify']);
  } finally {
    await portal.stop();
  }
});
