import { expect, test } from '../../support/portal';

test('an exam recorded late is compared, accepted by an admin with a reason, and gives the level back', async ({ person }) => {
  const reviewer = await person('reviewer@provider.example');
  const open = async (page: typeof reviewer.page) => {
    await page.goto('/staff/partners?search=%D1%80%D1%83%D1%87%D0%B5%D0%B9');
    await page.getByRole('table').getByRole('link', { name: /Ручей/ }).click();
  };
  const exam = reviewer.page.getByRole('region', { name: 'Записать экзамен' });
  await open(reviewer.page);
  await exam.getByLabel('День сдачи').fill('2026-12-01');
  await exam.getByRole('button', { name: 'Записать экзамен' }).click();
  await expect(exam.getByRole('status')).toContainText('Не записано');
  await exam.getByLabel('День сдачи').fill('2026-10-05');
  await exam.getByRole('button', { name: /экзамен/ }).click();
  await expect(exam).toContainText('с 5 октября 2026 по 21 ноября 2026');
  await expect(exam).toContainText('Как будет с экзаменом');
  await expect(exam).toContainText('принимает администратор');
  await reviewer.expectAccessible();
  await reviewer.expectFitsWidth();

  const admin = await person('admin@provider.example');
  const { page } = admin;
  const form = page.getByRole('region', { name: 'Записать экзамен' });
  await open(page);
  await form.getByLabel('День сдачи').fill('2026-10-05');
  await form.getByRole('button', { name: 'Записать экзамен' }).click();
  await form.getByLabel('Почему изменение принято').fill('коротко');
  await form.getByRole('button', { name: 'Принять и записать экзамен' }).click();
  await expect(form.getByRole('alert')).toContainText('Почему изменение принято');
  await expect(form.getByLabel('Почему изменение принято')).toHaveValue('коротко');
  await admin.expectAccessible();
  await form.getByLabel('Почему изменение принято').fill('Протокол экзамена от 5 октября пришёл только сейчас.');
  await form.getByRole('button', { name: 'Принять и записать экзамен' }).click();
  await expect(page.getByText('Экзамен записан.')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Экзамены' })).toContainText('05.10.2026');

  const partner = await person('ruchey@partner.example');
  await partner.page.goto('/partner/level');
  await expect(partner.page.getByText(/Экзамен сдан 5.октября.2026/).first()).toBeVisible();
  await expect(partner.page.getByRole('region', { name: 'История уровня' })).toContainText('Professional вернулся');

  await page.goto('/staff/audit?action=exam.record&text=%D0%A0%D1%83%D1%87%D0%B5%D0%B9');
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
