# The service report: deadlines kept, suspended time, penalties.
service-title = Deadlines kept
service-how = Working hours of the lot, without public holidays, suspended time taken off. A fault counts in the period in which its clock was stopped; those that still run are counted apart.
service-from = From
service-to = To
service-show = Show
service-bad-period = period: expected a first day in the past, a last day after it, a year at most (such as from=2026-11-01&to=2026-11-30). Correct both dates.
service-sentence = { $of ->
    [one] { $n } fault of { $of } mended in time.
   *[other] { $n } faults of { $of } mended in time.
}
service-none = No fault was mended in this period.
service-nothing = No fault of a lot is a matter of this period.
service-none-late = No deadline was missed.
service-cut = This period has more faults than a report holds: choose a shorter one.
service-by-lot = By lot
service-clock = Deadline
service-kept = Kept
service-late = Missed
service-share = Share kept
service-median = Median time
service-open = Running
service-overdue = Running, overdue
service-waited = Suspended time
service-between = closed, then back
service-penalties = Penalties
service-penalty = Penalty
service-penalty-how = Worked out where the plan writes “50 €”, “50 € par heure” or “50 € par jour”, for each working hour or day begun; else shown as written.
service-all-late = Deadlines missed, one by one
service-late-by = Working time late
service-why = The clock
service-more = { $n ->
    [one] One more is in the file.
   *[other] { $n } more are in the file.
}
service-began = began { $what }
service-allowed = { $what } of working time allowed
service-held = { $what } suspended
service-end = due { $what }
service-stopped-respond = acknowledged { $what }
service-stopped-repair = mended { $what }
service-runs-on = still running
