// A manager exports the plan, somebody changes a number in the workbook, the manager imports it, reads what changes for whom, confirms, and prints
// the plan for the steering committee.

import { fileURLToPath } from "node:url";
import { ask } from "../ask.mjs";
import { exported } from "../sample.mjs";

// Two sheets for the steering committee.
const SHEETS = 2;
// What the margins of A4 leave, in CSS pixels.
const SHEET_PX = 688;

export async function manager(stage) {
  const { page, hand } = await stage.window("marc");
  const { file, cases } = await ask("edit", { file: await exported(page, `plan-${stage.device}-${stage.language}`) });
  await stage.shot(page, "before");
  await hand.file(page.locator("#file"), file);
  await hand.press(page.locator("main form button.main"));
  await page.waitForURL(/\/plan\/import\/./);
  stage.check((await page.locator("ul.rail > li").count()) > 0, "the page does not say what changes for whom");
  stage.check((await page.locator(".note.bad").count()) === 0, "what was exported and changed in one cell is refused");
  const button = page.locator("main form button.main");
  stage.check(/\d/.test(await button.innerText()), `the button does not say how much changes: ${await button.innerText()}`);
  await stage.shot(page, "difference");
  const note = `${cases} × valise`;
  await hand.write(page.locator("#note"), note);
  await hand.press(button);
  await page.waitForURL(/\/plan\/versions\/\d+/);
  stage.check((await page.locator("main").innerText()).includes(note), "the new version does not tell why");
  await stage.shot(page, "confirmed");

  await page.goto("/plan");
  await stage.shot(page, "plan");
  await page.emulateMedia({ media: "print" });
  for (const gone of [".bar nav", ".bar .me", ".foot form", "main nav", "main button"]) {
    const seen = await page.locator(gone).evaluateAll((parts) => parts.filter((part) => part.offsetParent !== null).length);
    stage.check(seen === 0, `${gone} is on the paper`);
  }
  await page.setViewportSize({ width: SHEET_PX, height: 1016 });
  await stage.shot(page, "paper");
  const path = fileURLToPath(new URL(`../out/story-manager-plan-${stage.device}-${stage.language}.pdf`, import.meta.url));
  const paper = await page.pdf({ path, preferCSSPageSize: true });
  // Chromium writes each page's dictionary in clear.
  const sheets = paper.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
  stage.check(sheets > 0 && sheets <= SHEETS, `the plan takes ${sheets} sheets of paper, at most ${SHEETS}`);
}
