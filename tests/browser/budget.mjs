// What a page may cost whoever opens it for the first time: bytes on the line, requests that hold back the first picture, parts that jump.
//
// Comes in: a window, before its pages are opened. Goes out: what is beyond the budget of the page that was opened since `begin`. Absent on purpose:
// pictures, and time.

// HTML, style and script as they travel, compressed, headers included.
const BYTES = 60 * 1024;
const COUNTED = ["Document", "Stylesheet", "Script"];
const BLOCKING = 1;
// What web.dev calls good.
const SHIFT = 0.1;

export async function budget(page) {
  await page.addInitScript(() => {
    globalThis.shifted = 0;
    const add = (list) => { for (const shift of list.getEntries()) { if (!shift.hadRecentInput) { globalThis.shifted += shift.value; } } };
    new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
  });
  const network = await page.context().newCDPSession(page);
  await network.send("Network.enable");
  // Every page is somebody's first.
  await network.send("Network.setCacheDisabled", { cacheDisabled: true });
  const types = new Map();
  let bytes = 0;
  network.on("Network.responseReceived", ({ requestId, type }) => types.set(requestId, type));
  network.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (COUNTED.includes(types.get(requestId))) { bytes += encodedDataLength; }
  });
  return {
    begin() { bytes = 0; types.clear(); },
    async beyond() {
      const [blocking, shifted] = await page.evaluate(() => [
        performance.getEntriesByType("resource").filter((entry) => entry.renderBlockingStatus === "blocking").map(({ name }) => name),
        globalThis.shifted,
      ]);
      const found = [];
      if (bytes === 0) { found.push("nothing was transferred: the measure is broken"); }
      if (bytes > BYTES) { found.push(`${bytes} bytes of HTML, style and script, at most ${BYTES}`); }
      if (blocking.length > BLOCKING) { found.push(`${blocking.length} requests hold back the first picture: ${blocking.join(", ")}`); }
      if (shifted > SHIFT) { found.push(`parts jump about: layout shift ${shifted.toFixed(3)}, at most ${SHIFT}`); }
      return found;
    },
  };
}
