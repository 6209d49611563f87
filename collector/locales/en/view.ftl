# Kept views, deeds for several faults, the wall screen.
views = My views
view-keep = Keep this view
view-keep-button = Keep
view-name = Name of the view
view-forget = Forget the view “{ $what }”
view-bad-name = A name of 1 to { $n } characters is expected.
view-bad-address = This is not the address of a list that can be kept: faults, schools, devices, map, visits or round.
view-too-many = You keep { $n } views already: forget one first.
bulk = Act on the ticked faults
bulk-choose = Choose: { $what }
bulk-verb = Deed
bulk-cause = If you suspend: waiting for
bulk-text = A word (needed to comment and to dismiss)
bulk-do = Do this for the ticked faults
bulk-title = { $n ->
    [0] No fault has changed
    [one] { $n } fault has changed
   *[other] { $n } faults have changed
}
bulk-refused = { $n ->
    [0] {""}
    [one] One could not change.
   *[other] { $n } could not change.
}
bulk-none = No fault is ticked: tick at least one.
bulk-too-many = { $n } faults at most at once.
bulk-done = done
bulk-gone = not found
bulk-back = Back to the list
bulk-fault = Fault { $what }
wall = Wall screen
wall-link = Wall screen
wall-faults = { $n ->
    [0] Nothing is faulty
    [one] { $n } open fault
   *[other] { $n } open faults
}
wall-grave = { $n ->
    [0] none critical
    [one] one of them critical
   *[other] { $n } of them critical
}
wall-first = The gravest and newest
wall-silent = Schools without news
wall-no-silent = All followed schools report.
wall-more = { $n ->
    [one] and { $n } other
   *[other] and { $n } others
}
wall-leave = Leave the wall screen
