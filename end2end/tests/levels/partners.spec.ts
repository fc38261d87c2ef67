import { expect, test } from '../../support/portal';

test('an exam recorded late is proposed, compared with its money, accepted by an admin with a reason, and gives the level back', async ({ person }) => {
  const reviewer = await person('reviewer@provider.example');
  await reviewer.page.goto('/staff/partners?search=%D1%80%D1%83%D1%87%D0%B5%D0%B9');
  await reviewer.page.getByRole('table').getByRole('link', { name: /Ручей/ }).click();
  const exam = reviewer.page.getByRole('region', { name: 'Записать экзамен' });
  await exam.getByLabel('День сдачи').fill('2026-12-01');
  await exam.getByRole('button', { name: 'Записать экзамен' }).click();
  await expect(exam.getByRole('status')).toContainText('Не записано');
  await exam.getByLabel('День сдачи').fill('2026-10-05');
  await exam.getByRole('button', { name: 'Записать экзамен' }).click();
  await expect(reviewer.page.getByText('Факт предложен и ждёт решения администратора.')).toBeVisible();
  await expect(reviewer.page.getByRole('region', { name: 'Какие дни изменятся' })).toContainText('5 октября 2026');
  await expect(reviewer.page.getByText('Решает администратор.')).toBeVisible();
  await reviewer.expectAccessible();
  await reviewer.expectFitsWidth();

  const admin = await person('admin@provider.example');
  const { page } = admin;
  await page.goto(new URL(reviewer.page.url()).pathname);
  await expect(page.getByRole('region', { name: 'Как будет' })).toContainText('Professional вернулся');
  await page.getByLabel('Принять').check();
  await page.getByLabel('Причина').fill('коротко');
  await page.getByRole('button', { name: 'Записать решение' }).click();
  await expect(page.getByLabel('Причина')).toHaveValue('коротко');
  await admin.expectAccessible();
  await page.getByLabel('Причина').fill('Протокол экзамена от 5 октября пришёл только сейчас.');
  await page.getByRole('button', { name: 'Записать решение' }).click();
  await expect(page.getByText('Факт принят. Деньги исправит ближайшее закрытие месяца.')).toBeVisible();

  const partner = await person('ruchey@partner.example');
  await partner.page.goto('/partner/level');
  await expect(partner.page.getByText(/Экзамен сдан 5.октября.2026/).first()).toBeVisible();
  await expect(partner.page.getByRole('region', { name: 'История уровня' })).toContainText('Professional вернулся');

  await page.goto('/staff/audit?action=late_fact.accept&text=%D0%A0%D1%83%D1%87%D0%B5%D0%B9');
  const record = page.getByRole('list', { name: 'Записи журнала' }).getByRole('listitem').first();
  await record.getByText('Что изменилось').click();
  await expect(record).toContainText('Протокол экзамена от 5 октября пришёл только сейчас.');
});

test('an admin decides on a level with a reason that the partner reads', async ({ person }) => {
  const admin = await person('admin@provider.example');
  const { page } = admin;
  await page.goto('/staff/partners?search=%D0%B0%D0%BB%D0%BC%D0%B0%D0%B7');
  await page.getByRole('table').getByRole('link', { name: /Алмаз/ }).click();
  const form = page.getByRole('region', { name: 'Решить об уровне' });
  await form.getByLabel('Уровень').selectOption({ label: 'Professional' });
  await form.getByLabel('С какого дня').fill('2026-11-01');
  await form.getByLabel('Причина').fill('Нарушения исправлены, счета проверены.');
  await form.getByRole('button', { name: 'Записать решение' }).click();
  await expect(form.getByRole('status')).toContainText('Не записано');
  await expect(form.getByLabel('Причина')).toHaveValue('Нарушения исправлены, счета проверены.');
  await admin.expectAccessible();
  await form.getByLabel('С какого дня').fill('2026-11-22');
  await form.getByRole('button', { name: 'Записать решение' }).click();
  await expect(page.getByText('Решение об уровне записано.')).toBeVisible();
  await expect(page.getByRole('heading', { level: 2, name: /^Professional/ })).toBeVisible();

  const partner = await person('almaz@partner.example');
  await partner.page.goto('/partner/level');
  await expect(partner.page.getByRole('region', { name: 'История уровня' })).toContainText('Нарушения исправлены, счета проверены.');
  await expect(partner.page.getByRole('heading', { name: /^Professional/ }).first()).toBeVisible();
});
