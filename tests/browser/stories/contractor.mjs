// A lamp fails: the contractor hears of it by e-mail, opens the link, says that it is on its way, adds a photo, says that it is mended, and the next
// look of the school's agent verifies it while the page stays open.

import { fileURLToPath } from "node:url";
import { ask } from "../ask.mjs";
import { CONTRACTOR } from "../pages.mjs";

const WORD = { fr: "Lampe changée, 0 h au compteur", en: "Lamp replaced, counter at 0 h" };
const VERIFIED = { fr: /vérifi/i, en: /verif/i };

export async function contractor(stage) {
  if (!stage.town.mail) {
    console.log("     skipped: no mail server, the contractor hears of nothing");
    return;
  }
  const letter = await ask("letter", { to: CONTRACTOR[stage.language] });
  const { page, hand } = await stage.window();
  // As a mail program shows it.
  await page.setContent(letter.html);
  await stage.shot(page, "letter");
  await hand.press(page.locator(`a[href="${letter.link}"]`).first());
  await page.waitForURL("**/sign-in?**");
  await stage.shot(page, "sign-in");
  await hand.write(page.locator("#login"), CONTRACTOR[stage.language]);
  await hand.write(page.locator("#password"), stage.town.password);
  await hand.press(page.locator("main form button").first());
  await page.waitForURL(letter.link);
  await stage.shot(page, "fault");
  if (stage.isPhone) {
    // In a corridor, without scrolling: what it is, and where.
    const low = await page.locator("#fault-way dd").nth(1).boundingBox();
    stage.check(low && low.y + low.height < 844, "the room is below the first screen of a phone");
  }

  await hand.press(page.locator("button[name=verb][value=acknowledge]"));
  await page.locator("button[name=verb][value=acknowledge]").waitFor({ state: "detached" });
  await stage.shot(page, "acknowledged");

  const photo = fileURLToPath(new URL(`../out/photo-${stage.device}-${stage.language}.png`, import.meta.url));
  await page.locator("#fault-head").screenshot({ path: photo });
  await hand.press(page.locator("details:has(#photo) summary"));
  await hand.file(page.locator("#photo"), photo);
  await hand.write(page.locator("#photo-text"), WORD[stage.language]);
  await hand.press(page.locator("details:has(#photo) form button"));
  await page.locator("#fault-photos img").first().waitFor();

  await hand.write(page.locator("#text"), WORD[stage.language]);
  await hand.press(page.locator("button[name=verb][value=claim]"));
  await page.locator("#fault-check .note").waitFor();
  await stage.shot(page, "claimed");

  await page.waitForFunction(() => document.getElementById("live-state").textContent === document.body.dataset.liveOn);
  await page.evaluate(() => { globalThis.mark = "the same page"; });
  await ask("mend", { device: letter.device });
  await page.locator("#fault-head .s-present").waitFor();
  stage.check((await page.evaluate(() => globalThis.mark)) === "the same page", "the page was loaded anew");
  const left = await page.locator("#fault-deeds button[name=verb]:is([value=claim], [value=acknowledge]), #fault-deeds #cause").count();
  stage.check(left === 0, "what is verified can still be claimed or suspended");
  const life = await page.locator("#fault-life").innerText();
  stage.check(VERIFIED[stage.language].test(life), `its life does not say that it is verified: ${life}`);
  stage.check(life.includes(WORD[stage.language]), "its life does not tell what was done");
  await stage.shot(page, "verified");

  await page.goto("/my-queue");
  const stays = await page.locator(`a[href="${new URL(letter.link).pathname}"]`).count();
  stage.check(stays === 0, "what is verified stands in the queue");
  await stage.shot(page, "queue");
}
