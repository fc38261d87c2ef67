import { expect, test } from '../../support/portal';

test('a partner at Basic reads what is locked and what unlocks it', async ({ person }) => {
  const partner = await person('ruchey@partner.example');
  const { page } = partner;
  await page.goto('/partner/privileges');
  const row = (name: string) => page.getByRole('row', { name: new RegExp(name) });
  await expect(row('Рибейт KVM')).toContainText('закрыто');
  await expect(row('Рибейт KVM')).toContainText('Нужен уровень Professional.');
  await expect(row('Брендирование панели')).toContainText('Нужен уровень Professional и модель White Label');
  await expect(row('Счёт клиенту от имени партнёра')).toContainText('Нужна модель Reseller');
  await expect(row('Тест сервисов для клиента')).toContainText('Тест длится 14 дней, считая первый.');
  await expect(row('Бонусные коды пополнения')).toContainText('До 10 кодов в квартал, вместе не больше 30 000 ₽.');
  await expect(row('Бонусные коды пополнения').getByRole('link', { name: 'Правило CODE-1' })).toBeVisible();
  await partner.expectAccessible();
  await row('Рибейт KVM').getByRole('link', { name: 'Как его вернуть' }).click();
  await expect(page).toHaveURL(/\/partner\/level$/);
});

test('a White Label partner has everything', async ({ person }) => {
  const { page } = await person('kvadrat@partner.example');
  await page.goto('/partner/privileges');
  await expect(page.getByText('Закрытых возможностей нет: у модели White Label есть всё.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Доступно 16 возможностей' })).toBeVisible();
});

test('an Agent learns that another billing side unlocks the rest', async ({ person }) => {
  const partner = await person('gorizont@partner.example', { viewport: { width: 360, height: 800 } });
  const { page } = partner;
  await page.goto('/partner/privileges');
  await expect(page.getByRole('heading', { name: 'Закрыты 2 возможности' })).toBeVisible();
  await expect(page.getByRole('row', { name: /Брендирование панели/ })).toContainText('Нужна модель White Label: попросите менеджера изменить');
  await partner.expectFitsWidth();
  await partner.expectAccessible();
});
