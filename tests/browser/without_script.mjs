// The same house with script switched off: signing in, every page, the switches of language and theme.

import { visit, enter } from "./browser.mjs";
import { pages } from "./pages.mjs";
import { sample } from "./sample.mjs";

export async function withoutScript(browser, town) {
  const wrong = [];
  const rows = pages(town, await sample(browser, town));
  const window = await visit(browser, town, { script: false, width: 1024 });
  const { page } = window;
  await enter(page, town);
  for (const { name, path, matter } of rows.filter(({ login }) => login === town.login)) {
    await page.goto(path);
    if (!(await page.locator(matter).first().isVisible())) { wrong.push(`${name}: ${matter} is not there without script`); }
  }
  await page.goto("/schools");
  await page.click("footer button[name=language]");
  const language = await page.locator("html").getAttribute("lang");
  if (language !== "en") { wrong.push(`the switch of language led to ${language}`); }
  if (new URL(page.url()).pathname !== "/schools") { wrong.push(`the switch of language left the page: ${page.url()}`); }
  await page.click("footer button[value=dark]");
  const theme = await page.locator("html").getAttribute("data-theme");
  if (theme !== "dark") { wrong.push(`the switch of theme led to ${theme}`); }
  wrong.push(...window.wrong);
  await window.close();
  return wrong;
}
