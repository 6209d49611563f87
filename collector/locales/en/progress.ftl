# Progress: curves, pace, forecast, milestones.

progress-in-place = { $n } of { $of } in place
progress-late = { $n } late
progress-waiting = { $n } delivered, not in place yet
progress-undated = { $n } without a date
progress-join = {"; "}
rollout-label = { $what }: { $value }. { $range }
progress-table = The curve in figures
progress-until = Until
progress-delivered = Delivered
progress-installed = In place
progress-course = Course
progress-legend-installed = in place (seen, attested or accepted)
progress-legend-delivered = delivered
progress-legend-due = planned
progress-legend-window = dates planned by the month, quarter or year
progress-legend-forecast = forecast
progress-legend-today = today
progress-overall = The whole programme
progress-pages = Following the programme
progress-milestones = Milestones
progress-budget = Budget
progress-grants = Grants
progress-spares = Spares
progress-inventory = Inventory

forecast-nothing = Nothing is planned.
forecast-not-begun = Nothing is in place yet: no forecast.
forecast-done = Finished: the last one came on { $day }.
forecast-too-early = Too early to say when it will end: { $n ->
    [0] less than a week
    [one] { $n } week
   *[other] { $n } weeks
} of work since the first arrival.
forecast-stopped = At a stop: nothing has come since { $day }.
forecast-ends = At the pace of the last { $n } weeks of work ({ $value } a week): done around { $day }, between { $low } and { $high }.
forecast-ends-on = At the pace of the last { $n } weeks of work ({ $value } a week): done around { $day }.
forecast-open = At the pace of the last { $n } weeks of work ({ $value } a week): not before { $low }; no end in sight.

milestones-title = Milestones
milestones-lead = { $n ->
    [0] No milestone is late.
    [one] { $n } milestone is late or pushed back.
   *[other] { $n } milestones are late or pushed back.
}
milestones-empty = The plan holds no milestone.
milestones-caption = Milestones: promised, planned and reached
milestones-of = For
milestones-actual = Reached
milestones-expected = Expected
milestones-state = State
milestones-cause = Cause
milestones-picture = From the first milestone to the last
milestones-between = between { $low } and { $high }
milestones-on = on { $day }
milestones-not-before = not before { $day }
milestones-pushed-by = because of “{ $what }”
milestones-reached = reached
milestones-reached-late = { $n ->
    [one] reached at least { $n } day late
   *[other] reached at least { $n } days late
}
milestones-late = { $n ->
    [one] late by { $n } day
   *[other] late by { $n } days
}
milestones-pushed = { $n ->
    [one] pushed back by { $n } day at most
   *[other] pushed back by { $n } days at most
}
milestones-ahead = ahead
milestones-undated = without a date
milestones-how = When a step slips, what comes after slips with it: at the earliest to its planned date, if there was slack; at the latest by the same distance as in the plan.

month-short-1 = Jan
month-short-2 = Feb
month-short-3 = Mar
month-short-4 = Apr
month-short-5 = May
month-short-6 = Jun
month-short-7 = Jul
month-short-8 = Aug
month-short-9 = Sep
month-short-10 = Oct
month-short-11 = Nov
month-short-12 = Dec
