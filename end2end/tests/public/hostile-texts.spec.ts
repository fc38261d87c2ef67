import { expect, test } from '../../support/portal';

// In a real browser nothing of what people type runs, and the policy of the page has nothing to stop: its violation would be an error in the
// console, which fails the story. The whole corpus goes through every field in `server/tests/portal/hostile_texts.rs`.

const RUN = 'window.tripped=1';
const HOSTILE = [
  `<script>${RUN}</script>`,
  `"><img src=x onerror=${RUN}>`,
  `</textarea><svg onload=${RUN}>`,
  `</script><script>${RUN}</script>`,
  `<img src=x onerror=${RUN}>`,
  `<details open ontoggle=${RUN}>`,
  `<iframe srcdoc="<script>parent.${RUN}</script>">`,
  `[x](javascript:${RUN})`,
  `![x](x" onerror="${RUN})`,
  `<javascript:${RUN}>`,
  `<math><mtext><mglyph><style></math><img src=x onerror=${RUN}>`,
  `<noscript><p title="</noscript><img src=x onerror=${RUN}>">`,
  '```x" style="color:red\n<b>\n```',
  '| a | b |\n|:-:|--:|\n| 1 | 2 |',
].join('\n\n');

test('what was typed stays text, in the form, in the preview and on the desk', async ({ person, javaScriptEnabled }) => {
  const [partner, staff] = [await person('kvadrat@partner.example'), await person('reviewer@provider.example')];
  const { page } = partner;
  await page.goto('/partner/cases/new');
  await page.getByLabel('Название').fill(`<img src=x onerror=${RUN}> ${Date.now()}`);
  await page.getByLabel('Клиент', { exact: true }).fill(`"><script>${RUN}</script>`);
  await page.getByLabel('Отрасль клиента').selectOption({ label: 'Торговля' });
  await page.getByRole('group', { name: 'Какие услуги использованы' }).getByRole('checkbox').first().check();
  await page.getByLabel('Что сделали').fill(HOSTILE);
  await page.getByLabel('Что получилось').fill(HOSTILE);
  await page.getByRole('button', { name: 'Сохранить и посмотреть' }).click();
  await expect(page.locator('#preview').getByText('<details open').first()).toBeVisible();
  await expect(page.getByLabel('Что сделали')).toHaveValue(HOSTILE);
  const address = new URL(page.url()).pathname;
  await page.getByRole('button', { name: 'Отправить провайдеру' }).click();
  await expect(page.getByText('Ждёт решения').first()).toBeVisible();
  await page.getByLabel('Сообщение', { exact: true }).fill(HOSTILE);
  await page.locator('#thread').getByRole('button', { name: 'Отправить' }).click();
  await expect(page.locator('#thread').getByText('<details open').first()).toBeVisible();
  const desk = `/staff/inbox/${address.split('/').pop()}?kind=case_study`;
  for (const [person, path] of [[partner, address], [partner, '/partner/cases'], [staff, desk], [staff, '/staff/inbox?kind=case_study']] as const) {
    await person.page.goto(path);
    await expect(person.page.locator('main iframe, main math, main svg[onload], main img[src="x"], main a[href^="javascript"]')).toHaveCount(0);
    await expect(person.page.getByText('onerror=').first()).toBeAttached();
    if (javaScriptEnabled) expect(await person.page.evaluate(() => (window as unknown as { tripped?: number }).tripped)).toBeUndefined();
  }
});
