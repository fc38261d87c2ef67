import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OwnPortal } from '../../support/own-portal';
import { expect, test, type Person } from '../../support/portal';

async function ask({ page }: Person, roubles: string): Promise<void> {
  await page.goto('/partner/bonus-codes');
  await page.getByLabel('Номинал').fill(roubles);
  await page.getByRole('button', { name: /^Запросить/ }).click();
}

test('new terms decide from their first day on, and what was decided before explains itself by its own', async ({ person, javaScriptEnabled }) => {
  test.slow();
  const port = javaScriptEnabled === false ? 3104 : 3103;
  const folder = join(process.env.PORTAL_END2END_DATA ?? tmpdir(), `terms-${port}`);
  const portal = new OwnPortal(port, folder);
  try {
    await portal.start('2026-11-30T10:00:00+03:00');
    const admin = await person('admin@provider.example', { portal: portal.address });
    await admin.page.goto('/staff/terms/new');
    await admin.page.getByLabel('Номинал кодов за квартал, ₽').fill('10000');
    await admin.page.getByLabel('Первый день').fill('2026-12-01');
    await admin.page.getByLabel('Зачем').fill('Решение правления о номинале кодов.');
    await admin.page.getByRole('button', { name: 'Показать, что изменилось бы' }).click();
    await admin.page.getByRole('button', { name: 'Опубликовать' }).click();
    await expect(admin.page.getByText('Условия опубликованы.')).toBeVisible();

    // Today the terms in force decide.
    const partner = await person('iskra@partner.example', { portal: portal.address });
    await ask(partner, '9000');
    await expect(partner.page.getByText('Заявка отправлена.').first()).toBeVisible();
    const request = new URL(partner.page.url()).pathname;

    await portal.stop();
    await portal.start('2026-12-01T10:00:00+03:00');

    // Tomorrow the new ones do, on the same quarter. A night is longer than a session.
    await partner.signIn('iskra@partner.example');
    await ask(partner, '2000');
    const answer = partner.page.locator('#verdict');
    await expect(answer).toContainText(/Номинал кодов в квартале не больше 10.000.₽/);
    await ask(partner, '1000');
    await expect(partner.page).toHaveURL(/\/partner\/requests\/BC-/);
    // What was decided yesterday keeps what the rules said then.
    await partner.page.goto(request);
    await partner.page.getByText('Что говорили правила при отправке').click();
    await expect(partner.page.getByText('По правилам можно')).toBeVisible();
    await partner.page.goto('/partner/money');
    await partner.page.locator('#entries tbody a[href^="/partner/money/"]').first().click();
    await expect(partner.page.locator('main')).toContainText(/версия 1, действует с 1.января.2015/);
  } finally {
    await portal.stop();
  }
});
