// Every page: the route of its door, its name, its address in the town of the test, a selector that its main matter answers to, who opens it.
//
// Comes in: what the test tells of the town, a scanned label, the address of an import that waits. Goes out: rows. Absent on purpose: expectations
// beyond "the main matter is there". A door without a row, or a row without a door, is told by `unknown`.

// Whoever is signed in where nothing else is said: the administrator of the town.
export const NOBODY = "";
// Two who mend the same lot, each in a language of their own.
export const CONTRACTOR = { fr: "ines", en: "owen" };

// Doors behind which no page is: what programs, spreadsheets and the pages themselves fetch.
const FILES = [
  // Without a provider in the settings there is none to go to.
  /^\/sign-in\/provider/,
  /^\/(healthz|readyz|metrics|live)$/, /^\/assets\//, /\/\{file\}$/, /^\/inventory\/file$/, /\/photos\//,
];

export function pages({ sights, links }, { label, proposal }) {
  const { school, device, fault, measured } = sights;
  return [
    ["/sign-in", "sign-in", "/sign-in", "main form", NOBODY],
    ["/sign-in/link", "sign-in-link", "/sign-in/link", "main h1", NOBODY],
    ["/sign-in/link/{token}", "school-link", `/sign-in/link/${links.sign_in}`, "main form", NOBODY],
    ["/welcome/{token}", "welcome", `/welcome/${links.first_admin}`, "main form", NOBODY],
    ["/password/{token}", "password", `/password/${links.set_password}`, "main form", NOBODY],
    ["/privacy", "privacy", "/privacy", "main h1", NOBODY],
    ["/l/{label}/{check}", "label", new URL(label.address).pathname, "main form", NOBODY],
    ["/my-school", "my-school", "/my-school", "main form", "ecole"],
    ["/my-queue", "my-queue", "/my-queue", "#queue-parts .figure", CONTRACTOR.fr],
    ["/my-people", "my-people", "/my-people", "main form", CONTRACTOR.fr],
    ["/round", "round", "/round", "main form", CONTRACTOR.fr],
    ["/punctuality", "punctuality", "/punctuality", "main form", CONTRACTOR.fr],
    ["/visits", "visits", "/visits", "main h1", CONTRACTOR.fr],
    ["/faults", "faults-of-lot", "/faults", "#faults-list tbody tr", CONTRACTOR.fr],
    ["/faults/{id}", "fault-of-lot", `/faults/${fault}`, "#fault-deeds", CONTRACTOR.fr],
    ["/devices/{id}", "device-of-lot", `/devices/${device}`, "main h1", CONTRACTOR.fr],
    ["/", "overview", "/", "main h1"],
    ["/schools", "schools", "/schools", "#schools-list tbody tr"],
    ["/schools/{code}", "school", `/schools/${school}`, "#places .square"],
    ["/schools/{code}/inventory", "school-inventory", `/schools/${school}/inventory`, "main h1"],
    ["/schools/{code}/theft", "theft", `/schools/${school}/theft`, "main h1"],
    ["/schools/{code}/labels", "labels", `/schools/${school}/labels`, ".stickers svg"],
    ["/schools/{code}/year", "school-year", `/schools/${school}/year`, "#year figure"],
    ["/schools/{code}/stocktake", "stocktake", `/schools/${school}/stocktake`, "main h1"],
    ["/map", "map", "/map", "main h1"],
    ["/wall", "wall", "/wall", "#wall-first"],
    ["/devices", "devices", "/devices", "main tbody tr"],
    ["/devices/{id}", "device", `/devices/${device}`, "main h1"],
    ...["server", "ups", "printer", "switch"].map((name, at) => ["/devices/{id}", name, `/devices/${measured[at]}`, "#device-curves .curve"]),
    ["/devices/{id}", "year", `/devices/${measured[0]}?span=year`, "#device-curves .curve"],
    ["/devices/{id}/place", "device-place", `/devices/${device}/place`, "main h1"],
    ["/conflicts", "conflicts", "/conflicts", "main h1"],
    ["/compare", "compare", "/compare", "main h1"],
    ["/inventory", "inventory", "/inventory", "main h1"],
    ["/agents", "agents", "/agents", "#agents-list tbody tr"],
    ["/faults", "faults", "/faults", "#faults-list tbody tr"],
    ["/faults/{id}", "fault", `/faults/${fault}`, "main h1"],
    ["/faults/new", "fault-new", "/faults/new", "main form"],
    ["/my-queue", "queue-of-all", "/my-queue", "#queue-parts .figure"],
    ["/verdicts", "verdicts", "/verdicts", "main form"],
    ["/lists", "lists", "/lists", "main h1"],
    ["/calendar", "calendar", "/calendar", "main h1"],
    ["/plan", "plan", "/plan", "main .rollout"],
    ["/plan/held", "plan-held", "/plan/held", "main h1"],
    ["/plan/edit", "plan-edit", "/plan/edit?action=move_dates", "main h1"],
    ["/plan/milestones", "milestones", "/plan/milestones", "main .gantt"],
    ["/plan/budget", "budget", "/plan/budget", "main h1"],
    ["/plan/grants", "grants", "/plan/grants", "main h1"],
    ["/plan/grants/{grant}", "grant", "/plan/grants/etat-equipement", "main h1"],
    ["/plan/spares", "spares", "/plan/spares", "main h1"],
    ["/plan/import", "plan-import", "/plan/import", "main form"],
    ["/plan/import/{token}", "plan-proposal", proposal, "main form button.main"],
    ["/plan/versions", "plan-versions", "/plan/versions", "main tbody tr"],
    ["/plan/versions/{id}", "plan-version", "/plan/versions/1", "main h1"],
    ["/register", "register", "/register", "main .chips"],
    ["/register/{table}", "register-assets", "/register/assets", "main h1"],
    ["/register/{table}/new", "register-new", "/register/assets/new", "main form"],
    ["/register/{table}/{key}", "register-row", `/register/assets/${encodeURIComponent(label.code)}`, "main form"],
    ["/admin", "admin", "/admin", "main form"],
    ["/admin/accounts/{login}", "account-admin", "/admin/accounts/ines", "main form"],
    ["/account", "account", "/account", "main form"],
    ["/account/second", "second", "/account/second", "main form"],
    ["/search", "search", `/search?q=${encodeURIComponent(school)}`, "#found a"],
  ].map(([route, name, path, matter, login = "camille"]) => ({ route, name, path, matter, login }));
}

// Doors that no row opens, and rows that lead through no door.
export function unknown(rows, doors) {
  const routes = new Set(rows.map(({ route }) => route));
  const shut = doors.filter((door) => !routes.has(door) && !FILES.some((file) => file.test(door)));
  const nowhere = [...routes].filter((route) => !doors.includes(route));
  return [
    ...shut.map((door) => `the page behind ${door} is opened by no walk: tests/browser/pages.mjs has no sample address of it`),
    ...nowhere.map((route) => `tests/browser/pages.mjs leads through ${route}, which is no door`),
  ];
}
