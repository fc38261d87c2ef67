import { expect, test } from '../../support/portal';

// Each story has a demo partner of its own, so that none meets another's requests.

test('a partner asks for codes, staff approve, the partner copies the code', async ({ person, javaScriptEnabled }) => {
  const partner = await person('iskra@partner.example');
  await partner.page.goto('/partner/bonus-codes');
  await expect(partner.page.getByRole('heading', { level: 1, name: 'Бонусные коды' })).toBeVisible();
  await expect(partner.page.getByText('Кодов пока нет')).toBeVisible();
  await partner.expectAccessible();
  await partner.expectFitsWidth();

  const first = partner.page.getByRole('group', { name: 'Код 1' });
  await first.getByLabel('Номинал').fill('1 500');
  await first.getByLabel('Клиент').selectOption({ index: 1 });
  await first.getByLabel('Заметка').fill('приветственный <b>бонус</b>');
  await partner.page.getByRole('button', { name: 'Добавить код' }).click();
  const second = partner.page.getByRole('group', { name: 'Код 2' });
  await second.getByLabel('Номинал').fill('500 ₽');
  await expect(first.getByLabel('Заметка')).toHaveValue('приветственный <b>бонус</b>');
  if (javaScriptEnabled !== false) await expect(partner.page.getByRole('button', { name: /^Запросить 2.кода на 2.000.₽$/ })).toBeVisible();
  await partner.page.getByRole('button', { name: /^Запросить/ }).click();

  await expect(partner.page).toHaveURL(/\/partner\/requests\/BC-\d{4}-\d{6}/);
  await expect(partner.page.getByText('Заявка отправлена.')).toBeVisible();
  await expect(partner.page.getByText('Ждёт решения').first()).toBeVisible();
  await expect(partner.page.getByText('Ответ за провайдером')).toBeVisible();
  await expect(partner.page.getByText('приветственный <b>бонус</b>')).toBeVisible();
  await partner.expectAccessible();
  await partner.expectFitsWidth();
  const reference = /BC-\d{4}-\d{6}/.exec(partner.page.url())?.[0] ?? '';

  // What waits holds the limit.
  await partner.page.goto('/partner/bonus-codes');
  await expect(partner.page.getByText(/0 \+ 2 из 10/)).toBeVisible();
  await partner.page.getByText('Из чего сложилось').click();
  await expect(partner.page.getByRole('link', { name: reference })).toBeVisible();

  const reviewer = await person('reviewer@provider.example');
  await reviewer.page.goto(`/staff/inbox/${reference}`);
  await reviewer.page.getByRole('button', { name: /^Одобрить/ }).click();
  await expect(reviewer.page.getByText('Заявка одобрена.')).toBeVisible();

  await partner.page.goto('/partner/bonus-codes');
  await expect(partner.page.getByText(/2 из 10/)).toBeVisible();
  const row = partner.page.getByRole('row').filter({ hasText: 'приветственный <b>бонус</b>' });
  await expect(row.getByText('Не использован')).toBeVisible();
  const code = row.locator('code');
  await expect(code).toHaveText(/^[2-9A-Z]{4}(-[2-9A-Z]{4}){4}$/);
  if (javaScriptEnabled !== false) {
    await partner.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await row.getByRole('button', { name: 'Скопировать' }).click();
    await expect(row.getByText('Скопировано')).toBeVisible();
    expect(await partner.page.evaluate(() => navigator.clipboard.readText())).toBe(await code.textContent());
  }
  await partner.expectAccessible();
  await partner.expectFitsWidth();
});

test('a refusal is understood and the nearest legal choice taken', async ({ person, javaScriptEnabled }) => {
  const partner = await person('vega@partner.example');
  await partner.page.goto('/partner/bonus-codes');
  await partner.page.getByLabel('Номинал').fill('40000');
  if (javaScriptEnabled === false) await partner.page.getByRole('button', { name: /^Запросить/ }).click();
  else await expect(partner.page.getByRole('button', { name: /^Запросить 1.код на 40.000.₽$/ })).toBeVisible();

  // The rule, the figures, when it becomes possible, and the way out.
  const answer = partner.page.locator('#verdict');
  await expect(answer).toContainText(/Номинал кодов в квартале не больше 30.000.₽/);
  await expect(answer.getByRole('link', { name: 'Правило CODE-2' })).toBeVisible();
  await expect(answer).toContainText(/вы просите 40.000.₽ — свободно 30.000.₽/);
  await expect(answer).toContainText(/С 1.января.2027 снова доступно/);
  await partner.expectAccessible();

  await answer.getByRole('button', { name: /^Взять 1.код на 30.000.₽$/ }).click();
  await expect(partner.page.getByLabel('Номинал')).toHaveValue('30000');
  await expect(partner.page.locator('#verdict')).toContainText('По правилам можно');
  await partner.page.getByRole('button', { name: /^Запросить 1.код на 30.000.₽$/ }).click();
  await expect(partner.page.getByText('Заявка отправлена.')).toBeVisible();

  // Sent all the same, a request that breaks the rules comes back with everything typed and says so on top.
  await partner.page.goto('/partner/bonus-codes');
  await partner.page.getByLabel('Номинал').fill('7');
  await partner.page.getByLabel('Заметка').fill('ещё один');
  await partner.page.getByRole('button', { name: /^Запросить/ }).click();
  await expect(partner.page.getByRole('alert')).toContainText('Заявка не отправлена');
  await expect(partner.page.getByLabel('Номинал')).toHaveValue('7');
  await expect(partner.page.getByLabel('Заметка')).toHaveValue('ещё один');
  await expect(partner.page.locator('#verdict')).toContainText(/ждут решения 30.000.₽/);
  await partner.expectAccessible();
});

test('what can not be read is said at its field, and nothing typed is lost', async ({ person }) => {
  const partner = await person('granit@partner.example');
  await partner.page.goto('/partner/bonus-codes');
  await partner.page.getByLabel('Номинал').fill('полторы тысячи');
  await partner.page.getByLabel('Заметка').fill('для встречи');
  await partner.page.getByRole('button', { name: /^Запросить/ }).click();
  const summary = partner.page.getByRole('alert');
  await expect(summary).toContainText('Проверьте поля');
  await expect(partner.page.getByLabel('Номинал')).toHaveValue('полторы тысячи');
  await expect(partner.page.getByLabel('Заметка')).toHaveValue('для встречи');
  await expect(partner.page.getByLabel('Номинал')).toHaveAttribute('aria-invalid', 'true');
  await summary.getByRole('link').click();
  await expect(partner.page.getByLabel('Номинал')).toBeFocused();
  await partner.expectAccessible();
});

test('a form that is sent twice makes one request', async ({ person, baseURL }) => {
  const partner = await person('almaz@partner.example');
  await partner.page.goto('/partner/bonus-codes');
  const form = {
    idempotency_key: (await partner.page.locator('input[name="idempotency_key"]').getAttribute('value')) ?? '',
    face_1: '100',
    note_1: '',
    client_1: '',
  };
  const send = () => partner.page.request.post('/api/bonus-codes/submit', { form, headers: { Origin: baseURL ?? '' }, maxRedirects: 0 });
  const answers = await Promise.all([send(), send(), send()]);
  const places = new Set(answers.map((answer) => answer.headers()['location']));
  expect(answers.map((answer) => answer.status())).toEqual([303, 303, 303]);
  expect([...places]).toHaveLength(1);
  expect([...places][0]).toMatch(/\/partner\/requests\/BC-/);
  await partner.page.goto('/partner/requests');
  await expect(partner.page.getByRole('row').filter({ hasText: /1.код на 100.₽/ })).toHaveCount(1);
});

test('the page of bonus codes fits a phone', async ({ person }) => {
  const partner = await person('kvadrat@partner.example', { viewport: { width: 360, height: 740 } });
  await partner.page.goto('/partner/bonus-codes');
  await expect(partner.page.getByRole('heading', { name: 'Мои коды' })).toBeVisible();
  await expect(partner.page.getByText('Использован').first()).toBeVisible();
  await partner.expectFitsWidth();
  await partner.expectAccessible();
});
