// Every page, opened by whoever it is for: axe-core finds nothing, nothing reaches beyond the window, no word is missing, none is in the wrong
// language, the console stays silent, and it comes within its budget. Light and dark, phone and desk, French and English each take part twice.
// A screenshot of each is kept in out/.

import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { visit, enter } from "./browser.mjs";
import { budget } from "./budget.mjs";
import { CONTRACTOR, NOBODY, pages, unknown } from "./pages.mjs";
import { sample } from "./sample.mjs";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WALKS = [
  { language: "fr", theme: "light", width: 390 },
  { language: "en", theme: "dark", width: 390 },
  { language: "en", theme: "light", width: 1280 },
  { language: "fr", theme: "dark", width: 1280 },
];
// The narrowest window that a page must fit into (WCAG 2.2, 1.4.10).
const NARROW = 320;
// Words that betray the other language. Names of schools and rooms are French on both pages, so articles betray nothing there.
const FOREIGN = {
  fr: /\b(the|of|and|with|since|missing|devices?|schools?|seen|unknown|faults?|rooms?|hours?|minutes? ago|days? ago|yes|expected|found)\b/gi,
  en: /\b(depuis|pannes?|écoles?|vue?s?|inconnue?s?|heures?|jours?|oui|aucune?|attendue?s?|trouvée?s?|appareils?|manquante?s?)\b/gi,
};

export async function everyPage(browser, town) {
  const rows = pages(town, await sample(browser, town));
  const wrong = unknown(rows, town.doors);
  // Two at a time: what one waits for, the other uses.
  for (const pair of [WALKS.slice(0, 2), WALKS.slice(2)]) {
    wrong.push(...(await Promise.all(pair.map((look) => everyone(browser, town, look, rows)))).flat());
  }
  return wrong;
}

async function everyone(browser, town, look, rows) {
  const wrong = [];
  for (const login of new Set(rows.map((row) => row.login))) {
    // An account with a language of its own reads in no other.
    const who = login === CONTRACTOR.fr ? CONTRACTOR[look.language] : login;
    wrong.push(...(await walk(browser, town, look, who, rows.filter((row) => row.login === login))));
  }
  return wrong;
}

async function walk(browser, town, { language, theme, width }, login, rows) {
  const window = await visit(browser, town, { language, theme, width });
  const { page, wrong } = window;
  if (login !== NOBODY) { await enter(page, town, login); }
  const spent = await budget(page);
  for (const { name, path, matter } of rows) {
    const here = `${name} ${language} ${theme} ${width}`;
    spent.begin();
    await page.goto(path, { waitUntil: "load" });
    if ((await page.locator(matter).count()) === 0) { wrong.push(`${here}: ${matter} is not there`); }
    const found = [...(await judge(page, language)), ...(await spent.beyond())];
    const file = fileURLToPath(new URL(`out/${name}-${language}-${theme}-${width}.png`, import.meta.url));
    await page.screenshot({ path: file, fullPage: true, animations: "disabled" });
    if (width < 600) {
      await page.setViewportSize({ width: NARROW, height: 844 });
      found.push(...(await page.evaluate(beyond)).map((part) => `reaches beyond ${NARROW} px: ${part}`));
      await page.setViewportSize({ width, height: 844 });
    }
    wrong.push(...found.map((line) => `${here}: ${line}`));
  }
  await window.close();
  return wrong;
}

async function judge(page, language) {
  const found = (await page.evaluate(beyond)).map((part) => `reaches beyond the window: ${part}`);
  const shown = await page.evaluate(seen);
  if (shown.language !== language) { found.push(`the page is in ${shown.language}`); }
  if (shown.text.includes("Unknown localization key")) { found.push(/Unknown localization \S+ \S+/.exec(shown.text)[0]); }
  // A product's name is the same in both languages.
  const text = shown.text.replaceAll("Jamf School", "");
  const foreign = [...new Set([...text.matchAll(FOREIGN[language])].map((match) => match[0]))];
  if (foreign.length > 0) { found.push(`words of the other language: ${foreign.join(", ")}`); }
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
  for (const violation of violations) {
    const nodes = violation.nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} (${node.any[0]?.message ?? ""})`);
    found.push(`axe ${violation.impact} ${violation.id}, ${violation.nodes.length} times: ${nodes.join(" | ")}`);
  }
  return found;
}

// Runs in the page: what lies beyond the right edge of the window. A phone widens its window for such a page: the width of the layout counts.
function beyond() {
  const { clientWidth, scrollWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) { return []; }
  const parts = [...document.body.querySelectorAll("*")]
    .filter((part) => part.getBoundingClientRect().right > clientWidth + 1 && !part.closest(".scroll, .plate, .bar nav, svg"))
    .map((part) => part.outerHTML.slice(0, 100));
  return parts.length > 0 ? parts.slice(0, 3) : [`${scrollWidth} px wide`];
}

// Runs in the page. What devices said themselves (code, .mono, .said) and what is marked with a language of its own is left out.
function seen() {
  const copy = document.body.cloneNode(true);
  const own = document.documentElement.lang;
  for (const part of copy.querySelectorAll(`script, code, .mono, .said, datalist, [lang]:not([lang=${own}])`)) { part.remove(); }
  // Elements side by side are words apart.
  const text = [...copy.querySelectorAll("*")].flatMap((part) => [...part.childNodes].filter((node) => node.nodeType === 3));
  return { language: own, text: text.map((node) => node.data.trim()).filter(Boolean).join("\n") };
}
