import { expect, test } from '../../support/portal';

test('a partner that fell reads what is still to be met, by when, and what happens if not', async ({ person }) => {
  const partner = await person('ruchey@partner.example');
  const { page } = partner;
  await page.goto('/partner/level');
  await expect(page.getByRole('heading', { name: 'Basic с 1 сентября 2026' })).toBeVisible();
  const needed = page.getByRole('region', { name: 'Что ещё нужно' });
  await expect(needed.getByRole('listitem')).toHaveCount(2);
  await expect(needed).toContainText('сдать экзамен не позже 31 января 2027');
  await expect(needed).toContainText(/выручка\sне\sниже\s30\s000\s₽\sхотя\sбы\sза\sодин\sиз\s\d\sмесяцев:\s.+\s—\sянварь\s2027/);
  await expect(page.getByRole('region', { name: 'Что будет, если нет' })).toContainText('С 1 февраля 2027 вернуть Professional сможет только решение сотрудника.');
  await partner.expectAccessible();
});

test('the history says the facts and the rule behind each change', async ({ person }) => {
  const { page } = await person('vega@partner.example');
  await page.goto('/partner/level');
  const changes = page.getByRole('region', { name: 'История уровня' }).getByRole('listitem');
  await expect(changes.first()).toContainText('Professional вернулся, модель White Label');
  await expect(changes.first()).toContainText(/Апрель\s2026:\sвыручка\s.+\sпри\sминимуме\s30\s000\s₽/);
  await expect(changes.last()).toContainText('Договор: Professional, модель White Label');
  await expect(changes.filter({ hasText: 'Уровень снижен до Basic, модель Reseller' })).toContainText(/Февраль\s2026:\sвыручка\s.+,\sнужно\s30\s000\s₽/);
  await changes.first().getByRole('link', { name: 'Правило LVL-6' }).click();
  await expect(page).toHaveURL(/\/rules#LVL-6$/);
});

test('months stand in a table with their minimum and what they were asked for', async ({ person }) => {
  const { page } = await person('ruchey@partner.example');
  await page.goto('/partner/level');
  const table = page.getByRole('table', { name: 'Выручка по месяцам против минимума' });
  const low = table.getByRole('row', { name: /август 2026/ });
  await expect(low).toContainText('каждый месяц');
  await expect(low).toContainText('ниже минимума');
  await expect(table.getByRole('row', { name: /январь 2027/ })).toContainText('возврат уровня');
});

test('a partner held at Basic reads the reason of the staff', async ({ person }) => {
  const partner = await person('almaz@partner.example', { viewport: { width: 360, height: 800 } });
  const { page } = partner;
  await page.goto('/partner/level');
  await expect(page.getByText(/по решению сотрудника: «Нарушение правил работы с клиентами/)).toBeVisible();
  await expect(page.getByRole('region', { name: 'Что ещё нужно' })).toContainText('Изменить уровень может только решение сотрудника.');
  await partner.expectFitsWidth();
  await partner.expectAccessible();
});
