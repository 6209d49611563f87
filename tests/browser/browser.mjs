// Chromium, windows in it, and ears for what goes wrong in a page.
//
// Comes in: the path of Debian's Chromium. Goes out: a browser with a new, empty profile; `visit`: a window (language, theme, width,
// script or none) that notes every console message, uncaught error and failed answer. Absent on purpose: any page's content.

import { chromium } from "playwright-core";

const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];
const LOCALES = { fr: "fr-FR", en: "en-GB" };
// Where the phone ends and the desk begins.
const PHONE = 600;

// Playwright gives each start a profile of its own and removes it at the end.
export function launch(executablePath) {
  return chromium.launch({ executablePath, args: FLAGS });
}

// A new window, nobody signed in.
export async function visit(browser, town, { language = "fr", theme = "light", width = 1440, script = true } = {}) {
  const context = await browser.newContext({
    baseURL: town.url,
    locale: LOCALES[language],
    colorScheme: theme,
    viewport: { width, height: width < PHONE ? 844 : 800 },
    timezoneId: "Europe/Paris",
    javaScriptEnabled: script,
    hasTouch: width < PHONE,
    isMobile: width < PHONE,
  });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const wrong = [];
  // "verbose" is advice that a console shows to nobody who has not asked for it.
  page.on("console", (message) => {
    if (message.type() !== "verbose") { wrong.push(`console ${message.type()} on ${page.url()}: ${message.text()}`); }
  });
  page.on("pageerror", (error) => wrong.push(`uncaught on ${page.url()}: ${error.message}`));
  page.on("response", (answer) => {
    if (answer.status() >= 400) { wrong.push(`${answer.status()} from ${answer.url()}`); }
  });
  return { page, wrong, close: () => context.close() };
}

// Signs in by the form, as a person does.
export async function enter(page, town, login = town.login) {
  await page.goto("/sign-in");
  await page.fill("#login", login);
  await page.fill("#password", town.password);
  await page.click("main button");
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
}
