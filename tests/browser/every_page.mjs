// Every page in both languages and both themes, on a phone and on a desk: axe-core finds nothing serious, nothing reaches beyond the
// window, no word is missing, none is in the wrong language, the console stays silent. A screenshot of each is kept in out/.

import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { visit, enter } from "./browser.mjs";
import { pages } from "./pages.mjs";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const GRAVE = ["serious", "critical"];
// Words that betray the other language. Names of schools and rooms are French on both pages, so articles betray nothing there.
const FOREIGN = {
  fr: /\b(the|of|and|with|since|missing|devices?|schools?|seen|unknown|faults?|rooms?|hours?|minutes? ago|days? ago|yes|expected|found)\b/gi,
  en: /\b(depuis|pannes?|écoles?|vue?s?|inconnue?s?|heures?|jours?|oui|aucune?|attendue?s?|trouvée?s?|appareils?|manquante?s?)\b/gi,
};

export async function everyPage(browser, town) {
  const wrong = [];
  for (const language of ["fr", "en"]) {
    for (const theme of ["light", "dark"]) {
      for (const width of [375, 1440]) {
        wrong.push(...(await walk(browser, town, { language, theme, width })));
      }
    }
  }
  return wrong;
}

async function walk(browser, town, { language, theme, width }) {
  const window = await visit(browser, town, { language, theme, width });
  const { page, wrong } = window;
  const look = async (name) => {
    const here = `${name} ${language} ${theme} ${width}`;
    wrong.push(...(await judge(page, language)).map((line) => `${here}: ${line}`));
    const file = fileURLToPath(new URL(`out/${name}-${language}-${theme}-${width}.png`, import.meta.url));
    await page.screenshot({ path: file, fullPage: true, animations: "disabled" });
  };
  await page.goto("/sign-in");
  await look("sign-in");
  await page.goto("/sign-in/link");
  await look("sign-in-link");
  await enter(page, town);
  for (const [name, path, matter] of pages(town.sights)) {
    await page.goto(path);
    if ((await page.locator(matter).count()) === 0) { wrong.push(`${name} ${language}: ${matter} is not there`); }
    await look(name);
  }
  await window.close();
  return wrong;
}

async function judge(page, language) {
  const found = [];
  const shown = await page.evaluate(seen);
  if (shown.language !== language) { found.push(`the page is in ${shown.language}`); }
  if (shown.text.includes("Unknown localization key")) { found.push(/Unknown localization \S+ \S+/.exec(shown.text)[0]); }
  if (shown.over.length > 0) { found.push(`reaches beyond the window: ${shown.over.join(" | ")}`); }
  // A product's name is the same in both languages.
  const text = shown.text.replaceAll("Jamf School", "");
  const foreign = [...new Set([...text.matchAll(FOREIGN[language])].map((match) => match[0]))];
  if (foreign.length > 0) { found.push(`words of the other language: ${foreign.join(", ")}`); }
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
  for (const violation of violations.filter(({ impact }) => GRAVE.includes(impact))) {
    const nodes = violation.nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} (${node.any[0]?.message ?? ""})`);
    found.push(`axe ${violation.impact} ${violation.id}, ${violation.nodes.length} times: ${nodes.join(" | ")}`);
  }
  return found;
}

// Runs in the page. What devices said themselves (code, .mono, .said) and what is marked with a language of its own is left out.
function seen() {
  const copy = document.body.cloneNode(true);
  const own = document.documentElement.lang;
  for (const part of copy.querySelectorAll(`script, code, .mono, .said, datalist, [lang]:not([lang=${own}])`)) { part.remove(); }
  const over = [];
  if (document.documentElement.scrollWidth > innerWidth) {
    for (const part of document.body.querySelectorAll("*")) {
      const box = part.getBoundingClientRect();
      if (box.right > innerWidth + 1 && !part.closest(".scroll, .plate, svg")) { over.push(part.outerHTML.slice(0, 100)); }
    }
    over.splice(3);
    if (over.length === 0) { over.push(`${document.documentElement.scrollWidth} px wide`); }
  }
  // Elements side by side are words apart.
  const text = [...copy.querySelectorAll("*")].flatMap((part) => [...part.childNodes].filter((node) => node.nodeType === 3));
  return { language: own, over, text: text.map((node) => node.data.trim()).filter(Boolean).join("\n") };
}
