import { claimSalesBonus } from '../../support/asking';
import { png } from '../../support/pictures';
import { expect, test } from '../../support/portal';

const PARTNER = 'gorizont@partner.example';
// The last month of the demo that is closed.
const MONTH = '2026-09';

test('two pictures are attached, seen by both sides, and one is taken away after one question', async ({ person }) => {
  const partner = await person(PARTNER);
  const { page } = partner;
  const reference = await claimSalesBonus(partner, 0, MONTH);
  const files = page.locator('#files');
  await expect(files.getByText('Файлов пока нет.')).toBeVisible();
  // The limits and the room are said before anything is chosen.
  await expect(files.getByText(/Не больше 10.файлов на заявку, каждый до 20.МБ/)).toBeVisible();
  await expect(files.getByText(/из 1.ГБ/).first()).toBeVisible();
  await partner.expectAccessible();

  await files.getByLabel('Выберите файлы').setInputFiles([
    { name: 'До переноса.png', mimeType: 'image/png', buffer: png(900, 600, [200, 40, 40]) },
    { name: 'После переноса.png', mimeType: 'image/png', buffer: png(300, 500, [40, 120, 40]) },
  ]);
  await files.getByRole('button', { name: 'Приложить' }).click();
  await expect(page.getByText('Файлы приложены.')).toBeVisible();
  await expect(files.getByRole('link', { name: 'До переноса.png' })).toBeVisible();
  await expect(files.getByText(/900.×.600/)).toBeVisible();
  for (const name of ['До переноса.png', 'После переноса.png']) {
    const picture = files.getByRole('img', { name: `Картинка «${name}»` });
    await picture.scrollIntoViewIfNeeded();
    await expect(picture).toBeVisible();
    await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth)).toBeGreaterThan(0);
  }
  await partner.expectAccessible();
  await partner.expectFitsWidth();

  const address = (await files.getByRole('link', { name: 'После переноса.png' }).getAttribute('href')) ?? '';
  const answer = await page.request.get(address);
  expect(answer.headers()['content-disposition']).toMatch(/^attachment; filename="/);
  expect(answer.headers()['content-security-policy']).toContain('sandbox');

  // Staff read both and change none.
  const reviewer = await person('reviewer@provider.example');
  await reviewer.page.goto(`/staff/inbox/${reference}`);
  const seen = reviewer.page.locator('#files');
  await expect(seen.getByRole('img')).toHaveCount(2);
  await expect(seen.getByRole('button')).toHaveCount(0);
  await reviewer.expectAccessible();
  await reviewer.expectFitsWidth();
  // Another partner finds nothing there.
  const stranger = await person('kvadrat@partner.example');
  expect((await stranger.page.request.get(address)).status()).toBe(404);

  await files.locator('summary', { hasText: 'Удалить После переноса.png' }).click();
  await expect(files.getByText('Удалить «После переноса.png»? Вернуть файл будет нельзя')).toBeVisible();
  await partner.expectAccessible();
  await files.getByRole('button', { name: 'Удалить «После переноса.png»' }).click();
  await expect(page.getByText('Файл удалён.')).toBeVisible();
  await expect(files.getByRole('img')).toHaveCount(1);
  expect((await page.request.get(address)).status()).toBe(404);

  // Taken into review, files stay as they are, and the page says so.
  await reviewer.page.getByRole('button', { name: 'Взять', exact: true }).click();
  await expect(reviewer.page.getByText('Заявка у вас в работе.')).toBeVisible();
  await page.reload();
  await expect(files.getByText('изменить уже нельзя')).toBeVisible();
  await expect(files.getByRole('button')).toHaveCount(0);
});

test('what is not taken is told by name with what to do, and the rest is attached', async ({ person }) => {
  const partner = await person(PARTNER, { viewport: { width: 360, height: 780 } });
  const { page } = partner;
  await claimSalesBonus(partner, 1, MONTH);
  const files = page.locator('#files');
  await files.getByLabel('Выберите файлы').setInputFiles([
    { name: 'logo.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>window.__xss=1</script></svg>') },
    { name: '<img src=x onerror=alert(1)>.png', mimeType: 'image/png', buffer: png(20, 20, [0, 0, 200]) },
    { name: 'Снимок.png', mimeType: 'image/png', buffer: png(60, 40, [0, 0, 200]).subarray(0, 50) },
  ]);
  await files.getByRole('button', { name: 'Приложить' }).click();
  const problems = files.getByRole('alert');
  await expect(problems).toContainText('logo.svg: файлы такого типа портал не принимает.');
  await expect(problems).toContainText('Снимок.png: файл повреждён');
  await expect(problems).toContainText(/Остальное приложено: 1.файл/);
  await expect(files.getByRole('img')).toHaveCount(1);
  await partner.expectAccessible();
  await partner.expectFitsWidth();

  // Too large: a page of its own with the way back, where everything else still is.
  await files.getByLabel('Выберите файлы').setInputFiles({ name: 'Запись.txt', mimeType: 'text/plain', buffer: Buffer.alloc(21 * 1024 * 1024, 'x') });
  await files.getByRole('button', { name: 'Приложить' }).click();
  await expect(page.getByText(/файл больше 20.МБ/)).toBeVisible();
  await partner.expectFitsWidth();
  await page.getByRole('link', { name: /^Вернуться к заявке SB-/ }).click();
  await expect(files.getByRole('img')).toHaveCount(1);
});
