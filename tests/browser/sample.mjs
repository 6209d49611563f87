// What must be there before every page can be opened: a label whose square is read, an import that waits for its confirmation.

import { fileURLToPath } from "node:url";
import { ask } from "./ask.mjs";
import { visit, enter } from "./browser.mjs";
import { scan } from "./scan.mjs";

// Puts the plan's workbook aside under a name, as somebody who exports it; the file.
export async function exported(page, name) {
  await page.goto("/plan/import");
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("a[href='/plan/export/plan.xlsx']")]);
  const file = fileURLToPath(new URL(`out/${name}.xlsx`, import.meta.url));
  await download.saveAs(file);
  return file;
}

export async function sample(browser, town) {
  const { page, close } = await visit(browser, town);
  await enter(page, town);
  await page.goto(`/schools/${town.sights.school}/labels`);
  const label = await scan(page);
  const { file } = await ask("edit", { file: await exported(page, "plan-of-every-page") });
  await page.goto("/plan/import");
  await page.setInputFiles("#file", file);
  await page.click("main form button.main");
  await page.waitForURL(/\/plan\/import\/./);
  const proposal = new URL(page.url()).pathname;
  await close();
  return { label, proposal };
}
