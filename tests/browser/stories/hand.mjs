// The hands of somebody at a page: a finger, a mouse, or the keyboard alone.
//
// Comes in: a page. Goes out: `press`, `write`, `file`, each on a locator. By keyboard, Tab leads to everything: what it does not reach in one turn
// of the page is told as an error.

// Stops of one turn: more than any page has before its last button.
const STOPS = 250;

export function pointer(page, touch) {
  return {
    press: (part) => (touch ? part.tap() : part.click()),
    write: (part, text) => part.fill(text),
    file: (part, path) => part.setInputFiles(path),
  };
}

export function keyboard(page) {
  const reach = async (part) => {
    await part.waitFor();
    for (let stop = 0; stop < STOPS; stop += 1) {
      if (await part.evaluate((element) => element === document.activeElement)) { return; }
      await page.keyboard.press("Tab");
    }
    throw new Error(`${part} is not reached by Tab on ${page.url()}`);
  };
  return {
    press: async (part) => {
      await reach(part);
      await page.keyboard.press("Enter");
    },
    write: async (part, text) => {
      await reach(part);
      await page.keyboard.type(text);
    },
    file: async (part, path) => {
      await reach(part);
      const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.keyboard.press("Space")]);
      await chooser.setFiles(path);
    },
  };
}
