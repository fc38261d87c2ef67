import { lookAt, recordedPages } from '../../support/pages';
import { expect, test, type Person } from '../../support/portal';

// What holds of every page there is, whoever sees it: a title and one heading, nothing for axe to find, nothing that scrolls
// sideways on a phone, no error in the console; in both languages, light and dark.

/** The address behind the first link on a page that fits a pattern. */
async function firstLink({ page }: Person, on: string, pattern: RegExp): Promise<string> {
  await page.goto(on);
  const addresses = await page.locator('main a').evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
  return addresses.find((address) => pattern.test(address)) ?? '';
}

const partnerPages = async (partner: Person): Promise<Record<string, string>> => ({
  '/partner': '/partner',
  '/partner/level': '/partner/level',
  '/partner/what-if': '/partner/what-if?r=50000_0x5&kvm=70',
  '/partner/money': '/partner/money',
  '/partner/money/{entry}': await firstLink(partner, '/partner/money', /^\/partner\/money\/[0-9a-f]{8}-/),
  '/partner/money/rows/{rule}/{period}': await firstLink(partner, '/partner/money', /^\/partner\/money\/rows\//),
  '/partner/rebates': '/partner/rebates',
  '/partner/privileges': '/partner/privileges',
  '/partner/clients': '/partner/clients',
  '/partner/clients/new': '/partner/clients/new',
  '/partner/clients/{id}': await firstLink(partner, '/partner/clients', /^\/partner\/clients\/[0-9a-f]{8}-/),
  '/partner/cases': '/partner/cases',
  '/partner/cases/new': '/partner/cases/new',
  '/partner/cases/{reference}': await firstLink(partner, '/partner/cases', /^\/partner\/cases\/CS-/),
  '/partner/bonus-codes': '/partner/bonus-codes',
  '/partner/free-months': '/partner/free-months',
  '/partner/free-months/{client}': await firstLink(partner, '/partner/free-months', /^\/partner\/free-months\/[0-9a-f]{8}-/),
  '/partner/sales-bonuses': '/partner/sales-bonuses',
  '/partner/telegram-comments': '/partner/telegram-comments',
  '/partner/notices': '/partner/notices',
  '/partner/notices/{notice}': await firstLink(partner, '/partner/notices', /^\/partner\/notices\/\d+$/),
  '/partner/requests': '/partner/requests',
  '/partner/requests/{reference}': await firstLink(partner, '/partner/requests', /^\/partner\/requests\/[A-Z]{2}-/),
});

// Of a White Label partner.
const discountPages = async (partner: Person, look: 'light' | 'dark'): Promise<Record<string, string>> => ({
  '/partner/brand': '/partner/brand',
  '/partner/brand/preview': `/partner/brand/preview?theme=${look}`,
  '/partner/money/saved/{month}': await firstLink(partner, '/partner/money', /^\/partner\/money\/saved\//),
});

const staffPages = async (admin: Person): Promise<Record<string, string>> => ({
  '/staff/inbox': '/staff/inbox',
  '/staff/inbox/report': '/staff/inbox/report',
  '/staff/inbox/{reference}': await firstLink(admin, '/staff/inbox', /^\/staff\/inbox\/[A-Z]{2}-/),
  '/staff/partners': '/staff/partners',
  '/staff/partners/{id}': await firstLink(admin, '/staff/partners', /^\/staff\/partners\/[0-9a-f]{8}-/),
  '/staff/usage': '/staff/usage',
  '/staff/usage/{import}': await firstLink(admin, '/staff/usage', /^\/staff\/usage\/[0-9a-f]{8}-/),
  '/staff/months': '/staff/months',
  '/staff/news': '/staff/news',
  '/staff/news/new': '/staff/news/new',
  '/staff/partners/{id}/bank-account': `${await firstLink(admin, '/staff/partners', /^\/staff\/partners\/[0-9a-f]{8}-/)}/bank-account`,
  '/staff/ledger': '/staff/ledger',
  '/staff/ledger/approval': '/staff/ledger/approval?state=accrued',
  '/staff/ledger/approved': '/staff/ledger/approved',
  '/staff/ledger/{entry}': await firstLink(admin, '/staff/ledger', /^\/staff\/ledger\/[0-9a-f]{8}-/),
  '/staff/settlements': '/staff/settlements',
  '/staff/settlements/new': '/staff/settlements/new?settlement=bank',
  '/staff/settlements/settings': '/staff/settlements/settings',
  '/staff/settlements/{reference}': await firstLink(admin, '/staff/settlements', /^\/staff\/settlements\/SR-/),
  '/staff/adjustments': '/staff/adjustments',
  '/staff/terms': '/staff/terms',
  '/staff/terms/new': '/staff/terms/new',
  '/staff/late-facts': '/staff/late-facts',
  '/staff/late-facts/{fact}': await firstLink(admin, '/staff/late-facts', /^\/staff\/late-facts\/[0-9a-f]{8}-/),
  '/staff/hosts': '/staff/hosts',
  '/staff/codes': '/staff/codes',
  '/staff/audit': '/staff/audit',
});

const publicPages = { '/': '/', '/sign-in': '/sign-in', '/rules': '/rules' };

const PHONE = { width: 360, height: 780 };

test('every page, in Russian, light', async ({ person }) => {
  // Some fifty pages, each looked at whole.
  test.setTimeout(10 * 60_000);
  const [nobody, partner, admin] = [await person(), await person('kvadrat@partner.example'), await person('admin@provider.example')];
  const reseller = await person('volna@partner.example');
  const [ofPartner, ofReseller, ofStaff] = [await partnerPages(partner), await discountPages(reseller, 'light'), await staffPages(admin)];
  expect(Object.keys({ ...publicPages, ...ofPartner, ...ofReseller, ...ofStaff }).sort()).toEqual([...recordedPages].sort());
  await lookAt(nobody, Object.values(publicPages), 'Партнёрский портал', 'light');
  await lookAt(partner, Object.values(ofPartner), 'Партнёрский портал', 'light');
  const { '/partner/brand/preview': preview, ...others } = ofReseller;
  await lookAt(reseller, Object.values(others), 'Партнёрский портал', 'light');
  // Under the draft it has the draft's name.
  await lookAt(reseller, [preview], 'ООО «Волна Телеком»', 'light');
  await lookAt(admin, Object.values(ofStaff), 'Партнёрский портал', 'light');
});

test('every page, in English, dark, on a phone', async ({ person, baseURL }) => {
  // Some fifty pages, each looked at whole.
  test.setTimeout(10 * 60_000);
  const signedIn = ['kvadrat@partner.example', 'volna@partner.example', 'admin@provider.example'];
  const people = [await person(undefined, { viewport: PHONE })];
  for (const email of signedIn) people.push(await person(email, { viewport: PHONE }));
  const [nobody, partner, reseller, admin] = people;
  // Addresses first: their links are looked for on pages as they are.
  const [ofPartner, ofReseller, ofStaff] = [await partnerPages(partner), await discountPages(reseller, 'dark'), await staffPages(admin)];
  for (const { page } of people) {
    // The system is light: what is seen is the reader's choice.
    await page.emulateMedia({ colorScheme: 'light' });
    await page.context().addCookies(['locale=en', 'theme=dark'].map((pair) => ({ name: pair.split('=')[0], value: pair.split('=')[1], url: baseURL })));
  }
  await lookAt(nobody, Object.values(publicPages), 'Partner portal', 'dark');
  await lookAt(partner, Object.values(ofPartner), 'Partner portal', 'dark');
  const { '/partner/brand/preview': preview, ...others } = ofReseller;
  await lookAt(reseller, Object.values(others), 'Partner portal', 'dark');
  // Under the draft it has the draft's name.
  await lookAt(reseller, [preview], 'ООО «Волна Телеком»', 'dark');
  await lookAt(admin, Object.values(ofStaff), 'Partner portal', 'dark');
});
