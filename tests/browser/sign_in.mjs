// Signing in and out: a wrong password is told and lets nobody in, the right one leads where one wanted to go, signing out ends it.

import { visit } from "./browser.mjs";

export async function signIn(browser, town) {
  const wrong = [];
  for (const language of ["fr", "en"]) {
    const window = await visit(browser, town, { language });
    const { page } = window;
    await page.goto("/faults?severity=3");
    if (!page.url().includes("/sign-in")) { wrong.push(`a stranger got to ${page.url()}`); }
    await page.fill("#login", town.login);
    await page.fill("#password", "this is not it");
    await page.click("main button");
    if (!(await page.locator("[role=alert]").isVisible())) { wrong.push(`${language}: a wrong password is not told`); }
    // The browser itself notes the refusal's status in its console; that one is no fault of the page.
    window.wrong.splice(0, window.wrong.length, ...window.wrong.filter((line) => !/40[13]/.test(line)));
    await page.fill("#login", town.login);
    await page.fill("#password", town.password);
    await page.click("main button");
    await page.waitForURL((url) => url.pathname === "/faults");
    if (!page.url().includes("severity=3")) { wrong.push(`signing in forgot where one wanted to go: ${page.url()}`); }
    await page.click("header form button");
    await page.goto("/schools");
    if (!page.url().includes("/sign-in")) { wrong.push(`${language}: signing out ended nothing`); }
    wrong.push(...window.wrong);
    await window.close();
  }
  return wrong;
}
