import { operate } from '../../support/operator';
import { lookAt, recordedPages } from '../../support/pages';
import { PASSWORD, expect, test } from '../../support/portal';

// Told with the last stories: others count the partners of the demo.

const PREVIEW = '/partner/brand/preview';

/** An operator enters a partner beside the portal that serves. */
function createPartner(project: string, email: string): void {
  // The command goes by the machine's clock, which takes no contract of a later day; the portal's clock stands in November 2026.
  const today = new Date().toISOString().slice(0, 10);
  const contract = today < '2026-11-20' ? today : '2026-11-20';
  const partner = ['--code', 'P-NEW', '--name', 'ООО «Новичок»', '--inn', '7728168971', '--billing', 'provider', '--contract-date', contract];
  const member = ['--email', email, '--display-name', 'Новый Партнёр', '--password-stdin'];
  operate(project, ['partner', 'create', ...partner, ...member], `${PASSWORD}\n`);
}

test('a partner without clients, usage and requests reads what every page will hold', async ({ person }, testInfo) => {
  const email = 'new@partner.example';
  createPartner(testInfo.project.name, email);
  const partner = await person(email, { viewport: { width: 360, height: 780 } });
  const pages = recordedPages.filter((path) => path.startsWith('/partner') && !path.includes('{') && path !== PREVIEW);
  expect(pages.length).toBeGreaterThan(7);
  await lookAt(partner, [...pages, '/partner/requests?kind=free_month', '/partner/clients?search=x', '/partner/free-months?q=x'], 'Партнёрский портал', 'light');
  // Under the draft of a brand it has the draft's name.
  await lookAt(partner, [PREVIEW], 'ООО «Новичок»', 'light');

  const { page } = partner;
  await page.goto('/partner/clients');
  await expect(page.getByRole('table')).toHaveCount(0);
  await page.goto('/partner/requests');
  await expect(page.getByText('Заявок пока нет')).toBeVisible();
  await page.goto('/partner/requests?kind=free_month');
  await expect(page.getByText('Заявок на бесплатные месяцы пока нет')).toBeVisible();
  await page.goto('/partner/free-months');
  await expect(page.getByText('Клиентов пока нет')).toBeVisible();
});
