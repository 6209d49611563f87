// A new server stands in a school: the administrator makes a code, its agent enrols with it, and appears on the page that stays open.

import { ask } from "../ask.mjs";

export async function admin(stage) {
  const network = stage.town.sights.unheard[stage.turn];
  const host = `kwartz-${network}`;
  const watched = await stage.window("camille");
  await watched.page.goto("/agents");
  await watched.page.waitForFunction(() => document.getElementById("live-state").textContent === document.body.dataset.liveOn);
  stage.check((await watched.page.locator("#agents-list", { hasText: host }).count()) === 0, `${host} is there already`);

  const { page, hand } = await stage.window("camille");
  await page.goto("/admin");
  await stage.shot(page, "before", { fullPage: false });
  await hand.write(page.locator("#networks"), network);
  await hand.press(page.locator("form[action='/admin/codes'] button"));
  const command = await page.locator("[role=status] .mono").innerText();
  await stage.shot(page, "code", { fullPage: false });
  const [, url, code] = /enrol (\S+) --code (\S+)/.exec(command) ?? [];
  stage.check(url && code, `the page shows no command to type: ${command}`);

  const enrolled = await ask("enrol", { url, code, host });
  stage.check(enrolled.networks.includes(network), `the agent serves ${enrolled.networks}, expected ${network}`);
  await watched.page.locator("#agents-list", { hasText: host }).waitFor();
  await watched.page.locator("#agents-list tr", { hasText: host }).scrollIntoViewIfNeeded();
  await stage.shot(watched.page, "arrived", { fullPage: false });
}
