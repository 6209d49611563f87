// Reads the square of a label as a phone's camera would: from the picture of the printed sheet.
//
// Comes in: a page with labels. Goes out: the label's code and the address that its square holds. Absent on purpose: any knowledge of addresses.

import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";

const JSQR = await readFile(createRequire(import.meta.url).resolve("jsqr/dist/jsQR.js"), "utf8");

export async function scan(page, sticker = page.locator(".stickers li").first()) {
  const code = await sticker.locator("b").innerText();
  const picture = (await sticker.locator("svg").screenshot()).toString("base64");
  // A page without rules of its own: the collector's allow no pictures from elsewhere.
  const camera = await page.context().newPage();
  await camera.evaluate(JSQR);
  const address = await camera.evaluate(async (shot) => {
    const image = new Image();
    image.src = `data:image/png;base64,${shot}`;
    await image.decode();
    // As large as a camera held close.
    const canvas = new OffscreenCanvas(image.width * 3, image.height * 3);
    const context = canvas.getContext("2d");
    context.imageSmoothingEnabled = false;
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
    return jsQR(data, width, height)?.data;
  }, picture);
  await camera.close();
  if (!address) { throw new Error(`the square of ${code} cannot be read`); }
  return { code, address };
}
