// A fault arrives while pages stay open: nobody reloads, and yet it is there.
//
// Each page carries a mark on its window, which a reload would have wiped out.

import { fileURLToPath } from "node:url";
import { ask } from "./ask.mjs";
import { visit, enter } from "./browser.mjs";

const OPEN = [
  ["overview", () => "/"],
  ["faults", () => "/faults"],
  ["school", (sights) => `/schools/${sights.healthy}`],
];

export async function live(browser, town) {
  const wrong = [];
  const windows = [];
  for (const [name, path] of OPEN) {
    const window = await visit(browser, town);
    await enter(window.page, town);
    await window.page.goto(path(town.sights));
    await window.page.waitForFunction(() => document.getElementById("live-state").textContent === document.body.dataset.liveOn);
    const before = await window.page.evaluate(() => {
      globalThis.mark = "the same page";
      return document.getElementById("content").textContent;
    });
    windows.push({ name, before, ...window });
  }
  // The school's page has no fault yet.
  const school = windows.at(-1).page;
  if ((await school.locator("#school-faults li").count()) > 0) { wrong.push("the healthy school has a fault already"); }

  const device = await ask("fail");
  await school.waitForSelector("#school-faults li");
  const title = await school.locator("#school-faults li").first().innerText();
  if (!/lampe/i.test(title)) { wrong.push(`the school's page tells of something else: ${title}`); }
  if (!(await school.locator(`a[href="/devices/${device}"]`).count())) { wrong.push("the school's page does not lead to the projector"); }
  for (const { name, page, before, wrong: heard } of windows) {
    await page.waitForFunction((was) => document.getElementById("content").textContent !== was, before);
    const mark = await page.evaluate(() => globalThis.mark);
    if (mark !== "the same page") { wrong.push(`${name} was loaded anew`); }
    await page.screenshot({ path: fileURLToPath(new URL(`out/live-${name}.png`, import.meta.url)), fullPage: true });
    wrong.push(...heard);
  }
  const faults = windows.find(({ name }) => name === "faults").page;
  if (!(await faults.locator("#faults-list tbody tr", { hasText: /lampe/i }).count())) { wrong.push("the list of faults does not show it"); }
  for (const window of windows) { await window.close(); }
  return wrong;
}
