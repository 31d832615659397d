import AxeBuilder from "@axe-core/playwright";
import { type BrowserContext, test as base, expect, type Page } from "@playwright/test";

export { expect };

/** The two instances of the demo under test. */
export const A = process.env.PATTERNBOOK_A ?? "http://localhost:3100";
export const B = process.env.PATTERNBOOK_B ?? "http://localhost:3101";

interface Fixtures {
  /** Console errors that a test expects: a regular expression each. */
  allowedErrors: RegExp[];
}

/** Every page of a test is watched: an error in its console fails the test. */
export const test = base.extend<Fixtures>({
  allowedErrors: [[], { option: true }],

  context: async ({ context, allowedErrors }, use) => {
    const errors = watchErrors(context);
    await reportPolicyViolations(context);
    await use(context);
    expect(unexpected(errors, allowedErrors)).toEqual([]);
  },
});

/** Collects the console errors and the uncaught ones of all pages of a context. */
export function watchErrors(context: BrowserContext): string[] {
  const errors: string[] = [];
  context.on("console", (message) => {
    if (message.type() === "error") errors.push(`${message.text()} (${message.location().url})`);
  });
  context.on("weberror", (error) => errors.push(String(error.error())));
  return errors;
}

/** Code that is refused and catches that itself writes nothing to the console: only the event tells. */
async function reportPolicyViolations(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      const { effectiveDirective, blockedURI, sourceFile, lineNumber } = event;
      console.error(
        `Content-Security-Policy: ${effectiveDirective} refuses ${blockedURI} at ${sourceFile}:${lineNumber}`,
      );
    });
  });
}

const unexpected = (errors: string[], allowed: RegExp[]) =>
  errors.filter((text) => !allowed.some((pattern) => pattern.test(text)));

/**
 * axe, with all the rules it runs by default. Describing what passes, and doing so by way of a second
 * page, which is for frames of other origins, takes three times as long as they do.
 */
export const axeBuilder = (page: Page) =>
  new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ["violations"] });

/** Fails unless axe finds nothing on the page as it is now. */
export async function axe(page: Page): Promise<void> {
  const { violations } = await axeBuilder(page).analyze();
  const found = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((n) => n.target).join(" ; ")}`,
  );
  expect(found).toEqual([]);
}

/**
 * Fails unless axe finds nothing on the page as it is now, and nothing is wider than it: on a phone and
 * on a desk, in both themes.
 * @param pictures where a picture of each is kept, less `-light-390.png` and so on
 */
export async function accessibleEverywhere(page: Page, pictures?: string): Promise<void> {
  for (const width of [390, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    for (const colorScheme of ["light", "dark"] as const) {
      // Without motion the colours are there at once.
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await axe(page);
      const path = `${pictures}-${colorScheme}-${width}.png`;
      if (pictures) await page.screenshot({ path, fullPage: true });
    }
    const room = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(room).toBeLessThanOrEqual(width);
  }
}
