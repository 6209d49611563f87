// Runs every walk in one Chromium and says what it found, line by line; ends with 1 where something is wrong.
//
// Comes in: one argument, JSON: { url, login, password, chromium, sights, doors, links, mail }, from tests/browser.rs; optionally the names of some walks.
// Goes out: lines; screenshots in out/. Absent on purpose: starting a collector (the Rust side does).

import { rm, mkdir } from "node:fs/promises";
import { launch } from "./browser.mjs";
import { signIn } from "./sign_in.mjs";
import { everyPage } from "./every_page.mjs";
import { live } from "./live.mjs";
import { keyboard } from "./keyboard.mjs";
import { withoutScript } from "./without_script.mjs";
import { stories } from "./stories/every.mjs";

const town = JSON.parse(process.argv[2]);
const only = process.argv[3]?.split(",");
// Stories change the town: they come last.
const walks = { signIn, withoutScript, keyboard, everyPage, live, ...stories };

await rm(new URL("out", import.meta.url), { recursive: true, force: true });
await mkdir(new URL("out", import.meta.url), { recursive: true });
const chromium = await launch(town.chromium);
const wrong = [];
try {
  for (const [name, walk] of Object.entries(walks)) {
    if (only && !only.includes(name)) { continue; }
    const began = Date.now();
    const all = await walk(chromium, town).catch((error) => [`${name} broke off: ${error.stack}`]);
    const found = [...new Set(all)];
    console.log(`${found.length === 0 ? "ok  " : "FAIL"} ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
    for (const line of found) { console.log(`     ${line}`); }
    wrong.push(...found);
  }
} finally {
  await chromium.close();
}
process.exit(wrong.length === 0 ? 0 : 1);
