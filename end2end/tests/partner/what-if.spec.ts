import { expect, test } from '../../support/portal';

test('a plan is entered, what comes of it is read beside today, and the shared link opens the same', async ({ person, javaScriptEnabled }) => {
  const partner = await person('vega@partner.example');
  const { page } = partner;
  await page.goto('/partner');
  await page.getByRole('navigation').getByRole('link', { name: 'Что если' }).filter({ visible: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Что если' })).toBeVisible();
  const result = page.getByRole('region', { name: 'Что получится' });
  await expect(result).toContainText(/столько\sже,\sкак\sесли\sвсё\sостанется\sкак\sсегодня/);

  const scripted = javaScriptEnabled !== false;
  if (scripted) await expect(page.getByRole('button', { name: 'Скопировать ссылку' })).toBeVisible();
  await page.getByLabel('Выручка каждого месяца, ₽').fill('900 000');
  if (!scripted) await page.getByRole('button', { name: 'Показать' }).click();
  await expect(page.getByLabel(/^Ноябрь.2026, ₽$/)).toHaveValue(/^900\s?000$/);
  await expect(page.getByLabel(/^Апрель.2027, ₽$/)).toHaveValue(/^900\s?000$/);
  await page.getByLabel('Доля MONT Office, %').fill('20');
  if (!scripted) await page.getByRole('button', { name: 'Показать' }).click();

  await expect(result).toContainText(/больше,\sчем\sесли\sвсё\sостанется\sкак\sсегодня/);
  const plan = page.getByRole('region', { name: 'Мой план' });
  await expect(plan.getByRole('table', { name: 'По месяцам, мой план' }).getByRole('row', { name: /апрель.2027/ })).toContainText(/900\s000\s₽/);
  await expect(plan.getByRole('table', { name: 'Рибейты, мой план' }).getByRole('row', { name: /MONT Office/ }).first()).toContainText('скидкой');
  const total = result.getByRole('row', { name: /^Всего вы получите/ });
  await expect(total).toContainText(/\+\d/);
  const said = await total.textContent();
  await partner.expectAccessible();

  const link = page.getByRole('link', { name: 'Ссылка на этот расчёт' });
  await expect(link).toHaveAttribute('href', /^\/partner\/what-if\?from=2026-11&r=900000x6&office=20$/);
  const shared = (await link.getAttribute('href')) ?? '';
  if (scripted) {
    // The address is in step, and the button copies it whole.
    await expect(page).toHaveURL(new RegExp('/partner/what-if\\?from=2026-11&r=900000x6&office=20$'));
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Скопировать ссылку' }).click();
    await expect(page.getByText('Скопировано', { exact: true })).toBeVisible();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(page.url());
  }
  await page.goto(shared);
  await expect(page.getByLabel('Доля MONT Office, %')).toHaveValue('20');
  await expect(page.getByLabel(/^Апрель.2027, ₽$/)).toHaveValue('900000');
  await expect(page.getByRole('region', { name: 'Что получится' }).getByRole('row', { name: /^Всего вы получите/ })).toHaveText(said ?? '');
});

test('what can not be read keeps its place and says what stands in for it, on a phone too', async ({ person }) => {
  const partner = await person('vega@partner.example', { viewport: { width: 360, height: 780 } });
  const { page } = partner;
  await page.goto('/partner/what-if?from=2026-09&months=2&r=1&r=2&exam=2020-01-01&kvm=60&office=50');
  await expect(page.getByText(/Расчёт в ссылке начинался с месяца «сентябрь.2026»/)).toBeVisible();
  await expect(page.getByLabel('Доля KVM, %')).toHaveValue('60');
  await expect(page.getByText(/Вместе доли больше 100/).first()).toBeVisible();
  await expect(page.getByText('Эта дата уже прошла. Пока считаем без экзамена.')).toBeVisible();
  await partner.expectFitsWidth();
  await partner.expectAccessible();
});
