import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NameServer } from '../../support/dns';
import { OwnPortal } from '../../support/own-portal';
import { pixels, png } from '../../support/pictures';
import { expect, test, type Person } from '../../support/portal';

// The partner's own portal: a brand set up from nothing on a phone, a contrast mended by the offered colour, two brands under two names.
// A portal of its own, whose other pages nobody else looks at, and whose DNS the stories write.

const PHONE = { width: 360, height: 780 };
const CLOCK = '2026-11-22T10:00:00+03:00';
const PRIMARY = '#0b6e4f';
const PROVIDER = /Партнёрский портал|Partner portal|favicon\.svg|#3d5398/;
/** The provider's own colour of buttons, as a screen shows it. */
const PROVIDER_PRIMARY = [61, 83, 152];

const names = new NameServer();
let portal: OwnPortal;

// Each page of the brand has two more inside of it, and some of the stories open many.
test.describe.configure({ mode: 'serial', timeout: 6 * 60_000 });

test.beforeAll(async ({}, workerInfo) => {
  const port = workerInfo.project.name === 'js' ? 3105 : 3106;
  portal = new OwnPortal(port, join(process.env.PORTAL_END2END_DATA ?? tmpdir(), `brand-${port}`), ['--dns-server', await names.start()]);
  await portal.start(CLOCK);
});

test.afterAll(async () => {
  await portal.stop();
  names.stop();
});

/** The portal under a partner's name. */
const under = (host: string) => `http://${host}:${new URL(portal.address).port}`;

async function save({ page }: Person, button: string): Promise<void> {
  await page.getByRole('button', { name: button, exact: true }).click();
  await page.waitForLoadState();
}

test('a partner sets up its brand from nothing on a phone and publishes it', async ({ person, javaScriptEnabled }) => {
  const partner = await person('volna@partner.example', { viewport: PHONE, portal: portal.address });
  const { page } = partner;
  await page.goto('/partner/brand');
  await partner.expectFitsWidth();
  await partner.expectAccessible();
  await expect(page.getByText('Бренд ещё не опубликован')).toBeVisible();
  await page.getByLabel('Название', { exact: true }).fill('Волна Облако');
  await page.getByLabel('Основной цвет', { exact: true }).fill('#9be7c4');
  await page.getByLabel('Дополнительный цвет', { exact: true }).fill('#8a4b08');
  await page.getByRole('radio', { name: 'Скруглённые' }).check();
  await page.getByLabel('Шрифт').selectOption({ label: 'Onest' });
  await page.getByLabel('Почта поддержки').fill('help@volna.example');
  await page.getByLabel('Строка внизу страниц и писем').fill('ООО «Волна Телеком»');
  if (javaScriptEnabled) {
    // What comes of it is there without a press.
    await expect(page.locator('#brand-contrasts').getByText('Не читается', { exact: true }).first()).toBeVisible();
    await expect(page.locator('#preview-light')).toHaveAttribute('src', /version=[1-9]/);
  }
  await save(partner, 'Опубликовать');
  await expect(page.locator('#error-summary')).toBeVisible();
  await expect(page.locator('#brand-contrasts').getByText('Не читается', { exact: true }).first()).toBeVisible();
  await partner.expectFitsWidth();
  await partner.expectAccessible();

  // The nearest colour that passes, in one press; everything else typed is still there.
  await page.getByRole('button', { name: /^Основной цвет: взять #/ }).first().click();
  await page.waitForLoadState();
  await expect(page.locator('#brand-contrasts').getByText('Не читается', { exact: true })).toHaveCount(0);
  await expect(page.getByLabel('Название', { exact: true })).toHaveValue('Волна Облако');
  const mended = await page.getByLabel('Основной цвет', { exact: true }).inputValue();
  expect(mended).toMatch(/^#[0-9a-f]{6}$/);
  expect(mended).not.toBe('#9be7c4');

  // Pictures, one of them refused with the reason.
  await page.getByLabel(/Показывается высотой/).setInputFiles({ name: 'logo.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 1"><script>alert(1)</script></svg>') });
  await page.getByRole('button', { name: 'Загрузить: Логотип на светлом' }).click();
  await expect(page.getByText('В рисунке есть скрипт')).toBeVisible();
  await page.getByLabel(/Показывается высотой/).setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: png(320, 80, [11, 110, 79]) });
  await page.getByRole('button', { name: 'Загрузить: Логотип на светлом' }).click();
  await expect(page.getByRole('img', { name: 'Логотип на светлом' })).toBeVisible();
  await partner.expectFitsWidth();

  await page.getByLabel('Основной цвет', { exact: true }).fill(PRIMARY);
  await save(partner, 'Опубликовать');
  await expect(page.getByText('Бренд опубликован')).toBeVisible();
  await partner.expectFitsWidth();
  await partner.expectAccessible();
  for (const address of ['/partner', '/partner/level', '/partner/bonus-codes', '/rules', '/no/such/page']) {
    await page.goto(address);
    expect(await page.title(), address).toContain('Волна Облако');
    expect(await page.content(), address).not.toMatch(PROVIDER);
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--brand-primary').trim()), address).toBe(PRIMARY);
    await expect(page.getByRole('link', { name: 'Волна Облако' }).getByRole('img')).toBeVisible();
    await partner.expectFitsWidth();
    await partner.expectAccessible();
  }
  // A colleague's company next door sees its own.
  const other = await person('vega@partner.example', { portal: portal.address });
  expect(await other.page.content()).not.toContain('Волна');
  expect(await other.page.title()).toContain('Вега Облако');
});

test('the first frame shows the brand', async ({ browser }) => {
  const context = await browser.newContext({ baseURL: portal.address, viewport: { width: 800, height: 600 } });
  const page = await context.newPage();
  await page.goto('/sign-in');
  await page.locator('input[name="email"]').fill('volna@partner.example');
  await page.locator('input[name="password"]').fill('oblako-demo-portal');
  await page.locator('main form button[type="submit"]').click();
  await expect(page).toHaveURL(/\/partner$/);
  // The brand's sheet comes late: whoever showed the page without it would be seen.
  await page.route('**/brand/**/*.css', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 600));
    await route.continue();
  });
  const session = await context.newCDPSession(page);
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  const frames: Buffer[] = [];
  session.on('Page.screencastFrame', ({ data, sessionId }) => {
    frames.push(Buffer.from(data, 'base64'));
    void session.send('Page.screencastFrameAck', { sessionId });
  });
  await page.goto('about:blank');
  await session.send('Page.startScreencast', { format: 'png', everyNthFrame: 1 });
  await page.goto('/partner/bonus-codes', { waitUntil: 'networkidle' });
  await page.waitForTimeout(300);
  await session.send('Page.stopScreencast');
  const count = (colours: string[], wanted: (channels: number[]) => boolean) =>
    colours.filter((colour) => wanted([1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)))).length;
  const close = (to: number[]) => (channels: number[]) => channels.every((channel, at) => Math.abs(channel - to[at]) <= 3);
  const brand = [1, 3, 5].map((at) => Number.parseInt(PRIMARY.slice(at, at + 2), 16));
  const seen = frames.map((frame) => {
    const { colours } = pixels(frame);
    return { filled: new Set(colours).size > 8, provider: count(colours, close(PROVIDER_PRIMARY)), brand: count(colours, close(brand)) };
  });
  const filled = seen.filter((frame) => frame.filled);
  expect(filled.length, 'frames with something on them').toBeGreaterThan(0);
  expect(filled[0].brand, 'the first of them has the brand').toBeGreaterThan(200);
  expect(filled.map((frame) => frame.provider)).toEqual(filled.map(() => 0));
  await context.close();
});

test('five pages look as they did, in two brands, light and dark', async ({ person, javaScriptEnabled }) => {
  test.skip(!javaScriptEnabled, 'the look is the same style sheet');
  for (const slug of ['volna', 'vega']) {
    const { page } = await person(`${slug}@partner.example`, { portal: portal.address, viewport: { width: 900, height: 700 } });
    for (const look of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: look, reducedMotion: 'reduce' });
      for (const [name, address] of Object.entries({ home: '/partner', level: '/partner/level', codes: '/partner/bonus-codes', clients: '/partner/clients', preview: `/partner/brand/preview?theme=${look}` })) {
        await page.goto(address, { waitUntil: 'networkidle' });
        await page.evaluate(() => document.fonts.ready);
        // Letters are drawn a little otherwise by another version of the browser.
        await expect(page).toHaveScreenshot(`${slug}-${name}-${look}.png`, { maxDiffPixelRatio: 0.004, animations: 'disabled' });
      }
    }
  }
});

test('two brands under two names, and no third', async ({ person, browser, javaScriptEnabled }) => {
  const hosts = { volna: 'portal.volna.example', vega: 'my.vega.example' };
  for (const [slug, host] of Object.entries(hosts)) {
    const partner = await person(`${slug}@partner.example`, { portal: portal.address });
    const { page } = partner;
    await page.goto('/partner/brand');
    await page.getByLabel('Имя', { exact: true }).fill(host);
    await page.getByRole('button', { name: 'Добавить имя' }).click();
    const section = page.locator('#hosts');
    await expect(section).toContainText('Ждёт проверки');
    const proof = /portal-proof=[A-Za-z0-9]+/.exec((await section.textContent()) ?? '')?.[0] ?? '';
    expect(proof).not.toBe('');
    await page.getByRole('button', { name: `Проверить ${host}` }).click();
    await expect(page.getByText('Записи в DNS пока нет')).toBeVisible();
    names.set(`_portal-proof.${host}`, [proof]);
    await page.getByRole('button', { name: `Проверить ${host}` }).click();
    await expect(section).toContainText('Подтверждено');
    await partner.expectAccessible();
  }
  const [volna, vega] = [await person(undefined, { portal: under(hosts.volna) }), await person(undefined, { portal: under(hosts.vega), viewport: PHONE })];
  for (const [guest, own, foreign] of [[volna, 'Волна Облако', 'Вега'], [vega, 'Вега Облако', 'Волна']] as const) {
    await guest.page.goto('/sign-in');
    expect(await guest.page.title()).toContain(own);
    const content = await guest.page.content();
    expect(content).not.toMatch(PROVIDER);
    expect(content).not.toContain(foreign);
    await guest.expectAccessible();
    await guest.expectFitsWidth();
  }
  await volna.signIn('volna@partner.example');
  await expect(volna.page).toHaveURL(`${under(hosts.volna)}/partner`);
  await vega.signIn('vega@partner.example');
  await expect(vega.page).toHaveURL(`${under(hosts.vega)}/partner`);
  const colour = (guest: Person) => guest.page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--brand-primary').trim());
  expect(await colour(volna)).toBe(PRIMARY);
  expect(await colour(vega)).not.toBe(PRIMARY);
  for (const cookie of await volna.page.context().cookies()) expect(cookie.domain, 'host-only').toBe(hosts.volna);

  // People of the one are strangers under the name of the other.
  const stranger = await person(undefined, { portal: under(hosts.vega) });
  await stranger.page.goto('/sign-in');
  await stranger.page.locator('input[name="email"]').fill('volna@partner.example');
  await stranger.page.locator('input[name="password"]').fill('oblako-demo-portal');
  await stranger.page.locator('main form button[type="submit"]').click();
  await expect(stranger.page).toHaveURL(/sign-in/);

  const context = await browser.newContext({ javaScriptEnabled });
  const page = await context.newPage();
  const answer = await page.goto(`${under('evil.example')}/sign-in`);
  expect(answer?.status()).toBe(421);
  expect(await page.content()).not.toMatch(/Вега|Волна/);
  await context.close();

  // Staff see the names and take one back.
  const staff = await person('reviewer@provider.example', { portal: portal.address });
  await staff.page.goto('/staff/hosts');
  await staff.expectAccessible();
  await staff.page.getByRole('link', { name: `Запретить ${hosts.vega}` }).click();
  await staff.page.getByLabel('Почему: прочтёт партнёр').fill('Похоже на чужое имя');
  await staff.expectAccessible();
  await staff.page.getByRole('button', { name: 'Запретить имя' }).click();
  await staff.page.waitForLoadState();
  expect((await vega.page.goto('/partner'))?.status()).toBe(421);
  expect((await volna.page.goto('/partner'))?.status()).toBe(200);
});

test('an older version is brought back, and the brand is taken off', async ({ person }) => {
  const partner = await person('volna@partner.example', { portal: portal.address });
  const { page } = partner;
  await page.goto('/partner/brand');
  await page.getByLabel('Название', { exact: true }).fill('Волна Плюс');
  await save(partner, 'Опубликовать');
  await page.goto('/partner');
  expect(await page.title()).toContain('Волна Плюс');
  await page.goto('/partner/brand');
  await page.getByRole('button', { name: 'Вернуть версию 1' }).click();
  await expect(page.getByText('Возвращена версия 1')).toBeVisible();
  await page.goto('/partner');
  expect(await page.title()).toContain('Волна Облако');
  await page.goto('/partner/brand');
  await page.getByText('Снять бренд', { exact: true }).click();
  await page.getByRole('button', { name: 'Снять бренд со страниц' }).click();
  await page.goto('/partner');
  expect(await page.title()).toContain('Партнёрский портал');
});
