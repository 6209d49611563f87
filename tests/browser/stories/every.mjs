// Whole errands of people, each told on a phone and at a desk, in both languages; the contractor's by keyboard alone as well.
//
// Comes in: a browser, the town. Goes out: one walk a story; pictures in out/story-NAME-STEP-…, in the order of the errand. Absent on purpose: what
// happens in an errand (each stands in a file of its own).

import { fileURLToPath } from "node:url";
import { visit, enter } from "../browser.mjs";
import { admin } from "./admin.mjs";
import { contractor } from "./contractor.mjs";
import { keyboard, pointer } from "./hand.mjs";
import { manager } from "./manager.mjs";
import { teacher } from "./teacher.mjs";
import { technician } from "./technician.mjs";

const WAYS = [
  { language: "fr", device: "phone", width: 390 },
  { language: "en", device: "phone", width: 390 },
  { language: "fr", device: "desk", width: 1280 },
  { language: "en", device: "desk", width: 1280 },
];
const BY_KEYBOARD = { language: "fr", device: "keyboard", width: 1280 };

export const stories = {
  technician: told("technician", technician),
  teacher: told("teacher", teacher),
  contractor: told("contractor", contractor, [...WAYS, BY_KEYBOARD]),
  admin: told("admin", admin),
  manager: told("manager", manager),
};

function told(name, story, ways = WAYS) {
  return async (browser, town) => {
    const wrong = [];
    for (const [turn, way] of ways.entries()) {
      const stage = new Stage(browser, town, name, turn, way);
      try {
        await story(stage);
      } catch (error) {
        await stage.shot(stage.windows.at(-1)?.page, "broke-off");
        stage.wrong.push(`broke off: ${error.stack}`);
      }
      wrong.push(...(await stage.end()).map((line) => `${name} ${way.device} ${way.language}: ${line}`));
    }
    return wrong;
  };
}

class Stage {
  constructor(browser, town, name, turn, { language, device, width }) {
    Object.assign(this, { browser, town, name, turn, language, device, width, windows: [], wrong: [], shots: 0 });
    this.isPhone = device === "phone";
  }

  // A window of somebody; `by` tells where they do not sit before the story's own device.
  async window(login, { width = this.width } = {}) {
    const window = await visit(this.browser, this.town, { language: this.language, width });
    this.windows.push(window);
    if (login) { await enter(window.page, this.town, login); }
    const hand = this.device === "keyboard" ? keyboard(window.page) : pointer(window.page, width < 600);
    return { page: window.page, hand };
  }

  check(holds, text) {
    if (!holds) { this.wrong.push(text); }
  }

  async shot(page, step, options = { fullPage: true }) {
    if (!page) { return; }
    this.shots += 1;
    const file = `../out/story-${this.name}-${this.shots}-${step}-${this.device}-${this.language}.png`;
    await page.screenshot({ path: fileURLToPath(new URL(file, import.meta.url)), animations: "disabled", ...options });
  }

  async end() {
    for (const window of this.windows) {
      this.wrong.push(...window.wrong);
      await window.close();
    }
    return this.wrong;
  }
}
