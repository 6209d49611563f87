// A teacher without an account scans the label of something that does not work, says so, and later sees what became of it.

import { scan } from "../scan.mjs";

const SAID = { fr: "Ne s'allume plus depuis ce matin", en: "Does not start since this morning" };

export async function teacher(stage) {
  // The labels were printed in the office.
  const office = await stage.window("tina", { width: 1280 });
  const { school } = stage.town.sights;
  await office.page.goto(`/schools/${school}/labels`);
  const { address, code } = await scan(office.page, office.page.locator(".stickers li").nth(stage.turn));
  await stage.shot(office.page, "labels", { fullPage: false });
  await office.page.goto(`/schools/${school}`);
  await office.page.waitForFunction(() => document.getElementById("live-state").textContent === document.body.dataset.liveOn);

  const { page, hand } = await stage.window();
  await page.goto(address);
  stage.check((await page.locator("h1").innerText()).includes(code), "the page does not name the label");
  stage.check((await page.locator("input[type=email], input[type=tel], input[name=name]").count()) === 0, "the form asks who it is");
  await stage.shot(page, "scanned");
  await hand.write(page.locator("#text"), SAID[stage.language]);
  await hand.press(page.locator("main form button"));
  await page.locator("[role=status].note").waitFor();
  await stage.shot(page, "said");
  const before = await page.locator("main .lines").innerText();

  // The office sees it without a reload, and takes it up.
  const line = office.page.locator("#school-faults li", { hasText: code });
  await line.waitFor();
  await stage.shot(office.page, "arrived");
  await line.locator("a[href^='/faults/']").first().click();
  await office.page.waitForURL("**/faults/*");
  stage.check((await office.page.locator("main").innerText()).includes(SAID[stage.language]), "the fault does not tell what the teacher wrote");
  await office.page.click("button[name=verb][value=acknowledge]");
  await office.page.waitForLoadState();
  await page.goto(address);
  const after = await page.locator("main .lines").innerText();
  stage.check(after !== before, `the teacher sees nothing of what became of it: « ${after} »`);
  await stage.shot(page, "taken-up");
}
