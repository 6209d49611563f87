// Every page a signed-in person can open: its name, its address in the town of the test, and a selector that its main matter answers to.
//
// Comes in: the sights of the town (a school with a fault, the device, the fault, devices with a past). Goes out: rows. Absent on purpose: expectations beyond
// "the main matter is there".

export function pages(sights) {
  return [
    ["overview", "/", "main h1"],
    ["schools", "/schools", "#schools-list tbody tr"],
    ["school", `/schools/${sights.school}`, "#places .square"],
    ["devices", "/devices", "main tbody tr"],
    ["device", `/devices/${sights.device}`, "main h1"],
    ...["server", "ups", "printer", "switch"].map((name, at) => [name, `/devices/${sights.measured[at]}`, "#device-curves .curve"]),
    ["year", `/devices/${sights.measured[0]}?span=year`, "#device-curves .curve"],
    ["faults", "/faults", "#faults-list tbody tr"],
    ["fault", `/faults/${sights.fault}`, "main h1"],
    ["visits", "/visits", "main h1"],
    ["verdicts", "/verdicts", "main form"],
    ["lists", "/lists", "main h1"],
    ["fault_new", "/faults/new", "main form"],
    ["plan-held", "/plan/held", "main h1"],
    ["plan-edit", "/plan/edit?action=move_dates", "main h1"],
    ["plan", "/plan", "main .rollout"],
    ["milestones", "/plan/milestones", "main .gantt"],
    ["budget", "/plan/budget", "main h1"],
    ["grants", "/plan/grants", "main h1"],
    ["spares", "/plan/spares", "main h1"],
    ["inventory", `/schools/${sights.school}/inventory`, "main h1"],
    ["theft", `/schools/${sights.school}/theft`, "main h1"],
    ["plan-import", "/plan/import", "main form"],
    ["plan-versions", "/plan/versions", "main tbody tr"],
    ["plan-version", "/plan/versions/1", "main h1"],
    ["register", "/register", "main .chips"],
    ["register-assets", "/register/assets", "main h1"],
    ["register-new", "/register/assets/new", "main form"],
    ["agents", "/agents", "#agents-list tbody tr"],
    ["admin", "/admin", "main form"],
    ["account", "/account", "main form"],
    ["account-admin", "/admin/accounts/camille", "main form"],
    ["search", `/search?q=${encodeURIComponent(sights.school)}`, "#found"],
    ["labels", `/schools/${sights.school}/labels`, "main h1"],
    ["conflicts", "/conflicts", "main h1"],
    ["compare", "/compare", "main h1"],
    ["calendar", "/calendar", "main h1"],
    ["privacy", "/privacy", "main h1"],
  ];
}
