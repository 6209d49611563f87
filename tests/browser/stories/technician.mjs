// A tablet is in somebody's hands, and its MAC on a note, written as people write: the technician finds the device while typing.

export async function technician(stage) {
  const { page, hand } = await stage.window("tina");
  const [device, mac] = stage.town.sights.tablet;
  const typed = crooked(mac);
  await page.goto("/");
  await stage.shot(page, "start");
  if (stage.isPhone) {
    await hand.press(page.locator(".bar a[href='/search']"));
    await page.waitForURL("**/search");
    // Letter by letter; nobody presses a button.
    await page.locator("[data-search]").pressSequentially(typed, { delay: 5 });
  } else {
    await page.keyboard.press("/");
    await page.keyboard.type(typed);
    await page.keyboard.press("Enter");
  }
  const found = page.locator(`#found a[href='/devices/${device}']`);
  await found.waitFor();
  const count = await page.locator("#found a[href^='/devices/']").count();
  stage.check(count === 1, `« ${typed} » finds ${count} devices, expected 1`);
  await stage.shot(page, "found");
  await hand.press(found);
  await page.waitForURL(`**/devices/${device}`);
  const shown = await page.locator("main").innerText();
  stage.check(shown.toLowerCase().includes(mac.toLowerCase()), `the tablet's page does not show ${mac}`);
  stage.check(/tablet/i.test(shown), "the page does not say that it is a tablet");
  await stage.shot(page, "tablet");
}

// aa:bb:cc:dd:ee:ff as « AAB BC-cdd e.EFF ».
function crooked(mac) {
  const digits = mac.replace(/[^0-9a-f]/gi, "");
  return ` ${digits.slice(0, 3).toUpperCase()} ${digits.slice(3, 5).toUpperCase()}-${digits.slice(5, 8)} ${digits.slice(8, 9)}.${digits.slice(9).toUpperCase()} `;
}
