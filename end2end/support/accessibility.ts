import type { Page } from '@playwright/test';
import { readFileSync } from 'node:fs';

/** axe's own script. Where scripting is off timers stand still, so those it waits for fire at once. */
const AXE = `(function (setTimeout) { ${readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')} })((what) => { Promise.resolve().then(what); return 0; });`;

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds on a page as it stands, scripting on or off: the rule and where. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  return page.evaluate(`${AXE}
    axe.run(document, { runOnly: ${JSON.stringify(TAGS)}, resultTypes: ['violations'] })
      .then((result) => result.violations.map((fault) => fault.id + ': ' + fault.nodes.map((node) => node.target.join(' ')).join(', ')))`);
}
