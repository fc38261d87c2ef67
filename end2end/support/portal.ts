import { test as base, expect, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { accessibilityFaults } from './accessibility';

/** The demo's password, printed by `make run`. */
export const PASSWORD = 'oblako-demo-portal';

/** The browser's own line about a status. What answered with it is judged as an answer, where its kind and address are known. */
const STATUS_LINE = /^Failed to load resource: the server responded with a status of \d{3}/;

/** A person's browser: signed in, and failing the test on any error in its console and on anything but a page that is refused. */
export class Person {
  readonly errors: string[] = [];

  constructor(readonly page: Page) {
    page.on('pageerror', (error) => {
      // Who goes on before a page has come in skips the transition between the two; the browser tells that as an error of the page.
      if (!error.message.startsWith('Transition was skipped')) this.errors.push(`page error: ${error.message}`);
    });
    page.on('console', (message) => {
      if (message.type() === 'error' && !STATUS_LINE.test(message.text())) this.errors.push(`console: ${message.text()} (${message.location().url})`);
    });
    // A story may ask for a page that is refused. A script, a style, a font, an island's call that is refused, or any failure of the
    // portal's own, is an error whatever the story is about.
    page.on('response', (response) => {
      const [status, kind] = [response.status(), response.request().resourceType()];
      if (status >= 500 || (status >= 400 && kind !== 'document')) this.errors.push(`${status} for the ${kind} ${response.url()}`);
    });
  }

  async signIn(email: string, password = PASSWORD): Promise<void> {
    await this.page.goto('/sign-in');
    await this.page.locator('input[name="email"]').fill(email);
    await this.page.locator('input[name="password"]').fill(password);
    await this.page.locator('main form button[type="submit"]').click();
    await expect(this.page).not.toHaveURL(/sign-in/);
  }

  /** axe finds nothing on the page as it stands. */
  async expectAccessible(): Promise<void> {
    expect(await accessibilityFaults(this.page), `axe on ${this.page.url()}`).toEqual([]);
  }

  /** Nothing but frames of their own scrolls sideways. */
  async expectFitsWidth(): Promise<void> {
    const overflow = await this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(overflow, `sideways scrolling on ${this.page.url()}`).toBeLessThanOrEqual(0);
  }
}

type Fixtures = {
  /** Opens a browser of its own for one more person. */
  person: (email?: string, options?: { viewport?: { width: number; height: number }; locale?: string; portal?: string }) => Promise<Person>;
};

export const test = base.extend<Fixtures>({
  person: async ({ browser, baseURL, javaScriptEnabled }, use) => {
    const contexts: BrowserContext[] = [];
    const people: Person[] = [];
    await use(async (email, options = {}) => {
      const context = await (browser as Browser).newContext({ baseURL: options.portal ?? baseURL, javaScriptEnabled, locale: options.locale ?? 'ru-RU', timezoneId: 'Asia/Vladivostok', viewport: options.viewport ?? { width: 1280, height: 900 } });
      contexts.push(context);
      const person = new Person(await context.newPage());
      people.push(person);
      if (email) await person.signIn(email);
      return person;
    });
    for (const person of people) expect(person.errors, 'errors in the console').toEqual([]);
    for (const context of contexts) await context.close();
  },
});

export { expect };
