import { expect, type Person } from './portal';

/** A partner asks for bonus codes by their faces, in roubles; the reference of the request. */
export async function askForCodes(partner: Person, faces: number[]): Promise<string> {
  const { page } = partner;
  await page.goto('/partner/bonus-codes');
  for (const [place, face] of faces.entries()) {
    if (place > 0) await page.getByRole('button', { name: 'Добавить код' }).click();
    await page.getByRole('group', { name: `Код ${place + 1}`, exact: true }).getByLabel('Номинал').fill(String(face));
  }
  await page.getByRole('button', { name: /^Запросить/ }).click();
  await expect(page.getByText('Заявка отправлена.')).toBeVisible();
  return /[A-Z]{2}-\d{4}-\d{6}/.exec(page.url())?.[0] ?? '';
}

/** A partner claims the bonus of a sales manager for a client by its place in the list; the reference of the request. */
export async function claimSalesBonus(partner: Person, client: number, month: string): Promise<string> {
  const { page } = partner;
  await page.goto('/partner/sales-bonuses');
  await page.getByLabel('Клиент', { exact: true }).selectOption({ index: client });
  await page.getByLabel('Месяц', { exact: true }).selectOption(month);
  await page.getByRole('button', { name: 'Посчитать сумму' }).click();
  await page.getByLabel('Имя менеджера').fill('Ирина Котова');
  await page.getByRole('button', { name: /^Запросить/ }).click();
  await expect(page.getByText('Заявка отправлена.')).toBeVisible();
  return /SB-\d{4}-\d{6}/.exec(page.url())?.[0] ?? '';
}
