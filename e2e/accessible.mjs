// The rules of axe-core, run on the page as it stands.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Fails with every rule that the page breaks. Waits for transitions first: half-faded text has no contrast. */
export async function assertAccessible(page, what) {
  await page.script(source);
  const broken = await page.evaluate(async () => {
    await Promise.allSettled(document.getAnimations().filter(({ effect }) => effect.getComputedTiming().iterations !== Infinity).map(({ finished }) => finished));
    const { violations } = await window.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return violations.map(({ id, help, nodes }) => `${id}: ${help}\n    ${nodes.map(({ html, any }) => `${html.slice(0, 160)} ${any[0]?.message ?? ""}`).join("\n    ")}`);
  });
  if (broken.length > 0) throw new Error(`${what} breaks rules of accessibility:\n  ${broken.join("\n  ")}`);
}

/** Puts the page in light or dark colors, as its own button does. */
export async function useTheme(page, theme) {
  await page.evaluate((wanted) => {
    document.documentElement.dataset.theme = wanted;
  }, theme);
}

/** Checks a view in both. */
export async function assertAccessibleInBoth(page, what) {
  for (const theme of ["light", "dark"]) {
    await useTheme(page, theme);
    await assertAccessible(page, `${what}, ${theme}`);
  }
}
