import { expect, test } from '../../support/portal';

test('a partner about to fall reads why, until when and what to do', async ({ person }) => {
  const partner = await person('lotos@partner.example');
  const { page } = partner;
  await expect(page.getByRole('heading', { level: 1, name: 'ООО «Лотос Диджитал»' })).toBeVisible();
  const level = page.getByRole('region', { name: 'Уровень', exact: true });
  await expect(level).toContainText('Professional, пока не закрыт октябрь 2026');
  await expect(level).toContainText('Под угрозой');
  await expect(level).toContainText(/Октябрь\s2026\sзакончился\sс\sвыручкой\s.+\sпри\sминимуме\s30\s000\s₽/);
  await level.getByText('Что будет, если нет').click();
  await expect(level).toContainText('Когда месяц закроют, уровень станет Basic с 1 ноября 2026, а модель — Referral.');
  await partner.expectAccessible();
  await page.getByRole('link', { name: 'Что нужно для уровня' }).click();
  await expect(page).toHaveURL(/\/partner\/level$/);
});

test('every number of the meters opens what makes it', async ({ person }) => {
  const { page } = await person('kvadrat@partner.example');
  const meters = page.getByRole('region', { name: 'Бонусные коды, IV квартал 2026' });
  for (const name of [/^Коды: Выдано, \d+$/, /^Коды: Свободно, \d+$/, /^Номинал: Выдано, .+ ₽$/, /^Номинал: Ждёт решения, .+ ₽$/]) {
    await expect(meters.getByRole('link', { name })).toBeVisible();
  }
  await expect(meters).toContainText('Лимит обновится 1 января 2027');
  await meters.getByRole('link', { name: /^Коды: Ждёт решения/ }).click();
  await expect(page).toHaveURL(/\/partner\/requests\?kind=bonus_codes$/);
});

test('the chart says the same as its table', async ({ person }) => {
  const { page } = await person('gorizont@partner.example');
  const chart = page.getByRole('region', { name: 'Выручка по месяцам', exact: true });
  await expect(chart.getByRole('img', { name: /Выручка по месяцам против минимума: месяцев 13, не ниже минимума/ })).toBeVisible();
  await chart.getByText('Показать числами').click();
  const table = chart.getByRole('table', { name: 'Выручка по месяцам против минимума' });
  await expect(table.getByRole('row')).toHaveCount(14);
  await expect(table.getByRole('row', { name: /октябрь 2026/ })).toContainText('₽');
  await expect(page.getByText(/^Данные на \d\d\.\d\d\.2026, \d\d:\d\d$/)).toBeVisible();
});

test('home fits a phone', async ({ person }) => {
  const partner = await person('ruchey@partner.example', { viewport: { width: 360, height: 800 } });
  await expect(partner.page.getByRole('heading', { name: 'Верните Professional' })).toBeVisible();
  await partner.expectFitsWidth();
  await partner.expectAccessible();
});

// The choice is kept with the account, so no other story signs in with this one.
test('home speaks English to who chooses it', async ({ person }) => {
  const partner = await person('iskra@partner.example');
  const { page } = partner;
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.getByRole('region', { name: 'Level', exact: true })).toContainText('Professional with no end');
  await expect(page.getByRole('region', { name: 'Level', exact: true })).toContainText('The exam was passed on 18 July 2026.');
  await partner.expectAccessible();
  await page.getByRole('button', { name: 'Русский' }).click();
  await expect(page.getByRole('region', { name: 'Уровень', exact: true })).toContainText('Professional без срока');
});
