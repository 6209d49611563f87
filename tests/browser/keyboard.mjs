// By keyboard alone: the first stop leads past the navigation, every stop is visible on screen when it has the focus.

import { visit, enter } from "./browser.mjs";

const STOPS = 25;

export async function keyboard(browser, town) {
  const wrong = [];
  const window = await visit(browser, town);
  const { page } = window;
  await enter(page, town);
  for (const path of [`/schools/${town.sights.school}`, "/my-queue", `/faults/${town.sights.fault}`, "/round", "/punctuality"]) {
    wrong.push(...(await stops(page, path)).map((line) => `${path}: ${line}`));
  }
  wrong.push(...window.wrong);
  await window.close();
  return wrong;
}

async function stops(page, path) {
  const wrong = [];
  await page.goto(path);
  await page.keyboard.press("Tab");
  const first = await page.evaluate(() => document.activeElement.getAttribute("href"));
  if (first !== "#content") { wrong.push(`the first stop leads to ${first}, expected #content`); }
  for (let stop = 0; stop < STOPS; stop += 1) {
    const hidden = await page.evaluate(() => {
      const at = document.activeElement;
      const box = at.getBoundingClientRect();
      const style = getComputedStyle(at);
      const marked = style.outlineStyle !== "none" || style.boxShadow !== "none" || at.closest("svg");
      const seen = box.width > 0 && box.height > 0 && box.bottom > 0 && box.right > 0;
      return at === document.body || (seen && marked) ? null : at.outerHTML.slice(0, 120);
    });
    if (hidden) { wrong.push(`the focus cannot be seen on ${hidden}`); }
    await page.keyboard.press("Tab");
  }
  return wrong;
}
