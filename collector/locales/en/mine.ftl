# The contractor: the queue, a fault's page on the spot, what to take along.
queue-title = My queue
nav-queue = My queue
queue-all = All faults
queue-parts = Parts of the queue
queue-overdue = Past the deadline
queue-today = Due today
queue-later = Due later
queue-undated = No deadline
queue-suspended = Waiting
queue-claimed = Said to be mended, to be verified
due-overdue = Past the deadline
due-today = Due today
due-later = Due later
due-undated = No deadline
queue-says-overdue = { $n ->
    [one] { $n } fault is past its deadline.
   *[other] { $n } faults are past their deadline.
}
queue-says-today = { $n ->
    [one] { $n } is due today.
   *[other] { $n } are due today.
}
queue-says-waiting = { $n ->
    [one] { $n } can wait until tomorrow.
   *[other] { $n } can wait until tomorrow.
}
queue-says-nothing = Nothing waits for you.
queue-more = See all { $n }
queue-broken = passed { $what }
queue-left = { $what }, in { $left }
queue-no-clock = no clock runs
today = today
fault-way = Getting there
way-address = Address
way-map = Open in the map
way-opens = School open
way-lot = Days of the lot
way-next = Next possible visit
way-town = Write to the town
way-operator = Ring { $what }
fault-takes = To take along
take-nothing = Nothing in particular.
take-for = { $what }, for { $model }
take-lamp-hours = { $n } h on the counter
take-ladder = stepladder
take-screwdriver = screwdriver
take-lamp = lamp
take-air-filter = air filter
take-air-duster = air duster
take-fan = fan
take-remote-control = remote control
take-stylus = pen
take-laptop = laptop
take-patch-cable = patch cable
take-cable-tester = cable tester
take-console-cable = console cable
take-power-cable = power cable
take-power-strip = power strip
take-charger = charger
take-disk = replacement disk
take-backup-disk = backup disk
take-poe-injector = PoE injector
take-multimeter = multimeter
take-torch = torch
take-battery = battery
take-toner = toner
take-gloves = gloves
take-paper = ream of paper
take-label = label
take-case-key = key of the case
take-cabinet-key = key of the cabinet
take-same-model = replacement unit
spares-here = In store
spare-same = { $n ->
    [one] { $n } of the same model
   *[other] { $n } of the same model
}
spare-like = { $n ->
    [one] { $n } of the same kind
   *[other] { $n } of the same kind
}
fault-past = It happened before
fault-past-device = On this device
fault-past-twins = Elsewhere, on the same model
check-waits = Said to be mended { $what }. The next look that can see it will tell: this page follows by itself, or load it again.
check-waits-person = Said to be mended { $what }. No look can see it: the town verifies, or ten school days without a contrary sign.
check-done = Repair verified { $what }: { $how }.
check-contradicted = Seen broken again since it was said to be mended: the clock goes on.
past-mended = lasted { $what }
photo = Photo
photos = Photos
photo-add = Add a photo
photo-send = Send the photo
photo-hint = JPEG, PNG or WebP, 12 MB at most. Show the equipment, never a pupil. Place and time of the shot are erased.
photo-remove = Remove the photo
photo-empty = photo: no file was chosen; expected: a photo as JPEG, PNG or WebP. Choose one or take it with the camera.
photo-too-many-bytes = photo: found { $what } MB; expected: 12 MB at most. Choose a smaller resolution in the camera.
photo-too-many-pixels = photo: found { $what } pixels; expected: 26 million pixels at most. Choose a smaller resolution in the camera.
photo-no-photo = photo: the file is no photo that we read (it looks like: { $what }); expected: JPEG, PNG or WebP. On an iPhone: Settings, Camera, Formats, “Most Compatible”.
photo-broken = photo: the file begins like a photo and cannot be read to its end; expected: a whole JPEG, PNG or WebP. Send it again.
photo-most = { $n ->
    [one] This fault has { $n } photo already: remove it first.
   *[other] This fault has { $n } photos already: remove one first.
}
life-photo = photo added
life-photo-gone = photo removed
round-title = Round
round-on = On
round-due = Due by then
round-schools = { $n ->
    [one] { $n } school,
   *[other] { $n } schools,
}
round-faults = { $n ->
    [one] { $n } fault
   *[other] { $n } faults
}
round-packed = To take along in all
round-none = No fault waits for a visit.
round-closed = closed that day
round-cut = Only the 500 most pressing faults are in this round.
people-title = My people
people-text = Your teams and subcontractors. None of them sees more than you, neither today nor when your scope changes.
people-none = You have made no account yet.
people-actor = On behalf of
people-schools = Schools (empty: all of yours)
people-not-yours = on behalf of: neither yourself nor one of your subcontractors; choose from the list.
people-refused-above = The town refused this account: the town alone can let it in again.
people-most = You have 200 accounts: ask the town to remove some.
account-lead = Contractor: lead, makes the accounts of its teams and subcontractors
account-above = made by { $what }, sees no more
