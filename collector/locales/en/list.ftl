# Programme, schools, faults, devices.
overview-title = Programme
overview-sentence = { $phase }: { $n } of { $of } schools equipped, { $installed } of { $planned } places installed.
overview-all-done = Every planned place is installed.
overview-no-plan = No plan has been imported yet.
overview-no-plan-help = Import a plan: rollcall-collector plan import FOLDER. Phases and places will appear here.
overview-no-fault = No open fault.
overview-faults = { $n ->
    [one] { $n } fault is open.
   *[other] { $n } faults are open.
}
overview-grave = { $n ->
    [one] One is critical.
   *[other] { $n } are critical.
}
overview-figures = Figures of the programme
overview-installed = places installed of those planned
overview-open-faults = { $n ->
    [one] open fault
   *[other] open faults
}
overview-missing = places due and missing
overview-agents = agents reporting
overview-devices = devices known, { $what } of them present
overview-phases = Phases
overview-phases-caption = Progress of each phase: places planned, due, installed, missing
overview-schools = { $n ->
    [one] { $n } school
   *[other] { $n } schools
} by state
overview-first = To see first
overview-nothing-first = Nothing is waiting for anybody just now.
overview-all-faults = { $n ->
    [one] See the fault
   *[other] See all { $n } faults
}
overview-silent = Agents not heard of
overview-no-agent = No agent has enrolled: no school is looked at yet.
overview-all-agents = Every agent reported in time.
schools-equipped = { $n } of { $of } schools equipped
progress = Progress
progress-label = { $installed } of { $planned } installed, { $missing } missing
phase = Phase
phase-none = In no phase
phase-named = Phase { $what }
in-room = room { $what }
col-installed = Installed
col-due = Due
col-planned = Planned
col-missing = Missing
col-severity = Severity
col-fault = Fault
col-school = School
col-where = What, where
col-since = Since
col-number = No.
col-state = State
col-devices = Devices
col-device = Device
col-kind = Kind
col-model = Model
col-serial = Serial
col-room = Room
col-place = Port
col-seen = Seen
col-name = Name
col-port = Port
legend-faulty = Installed, faulty
legend-missing = Due, missing
legend-planned = Not yet due, or to be counted
school-state-fault = faulty
school-state-check = to be checked
school-state-shadow = not heard of
school-state-learning = learning
school-state-calm = nothing to report
school-state-unfollowed = not followed
school-kind-maternelle = nursery school
school-kind-elementaire = elementary school
school-kind-primaire = primary school
schools-title = Schools
schools-count = { $n ->
    [one] { $n } school
   *[other] { $n } schools
}
schools-by-state = Schools by state
schools-caption = Schools, their state and their counts
schools-none = No school fits.
faults-title = Faults
faults-open-title = { $n ->
    [0] No open fault
    [one] { $n } open fault
   *[other] { $n } open faults
}
faults-cleared-title = Closed faults
faults-order = What breaks its deadline first, then the gravest and oldest.
faults-by-code = Faults by sort
faults-open = open
faults-cleared = closed
faults-none = No fault here. If that surprises you, see which agents report.
fault-due-missing-of = To be installed: { $what }
fault-infrastructure-silent-of = No longer answers: { $what }
fault-number = fault
sign-unconfirmed = to be confirmed
fault-closed = closed
fault-learning = The school is learning: everything is shown, nobody is notified, no clock runs.
fault-how = What is known
fault-rule = Rule
fault-cleared-at = Closed
fault-life = History
fault-no-life = Nothing else has been noted yet.
life-opened = opened
life-confirmed = confirmed
life-changed = detailed
life-cleared = closed
life-reopened = reopened
life-commented = comment
cleared-by-look = by the next look that could see it
cleared-by-person = by a person
col-addresses = Addresses
col-code = Code
col-day = Day
export-devices = devices
export-schools = schools
export-visits = visits
export-cut = { $n ->
    [one] The list goes on: a file ends at { $n } row. Filter it.
   *[other] The list goes on: a file ends at { $n } rows. Filter it.
}
