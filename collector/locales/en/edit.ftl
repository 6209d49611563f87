# Changing the plan in one action.
edit-title = Change the plan
edit-lead = Each action makes a new version of the plan, signed and dated; history stays.
edit-done = Done:
edit-choose = Choose a school
edit-look = See what would change
edit-cancel = Change nothing
edit-confirm-title = What would change
edit-confirm = { $n ->
    [0] Confirm: no school is concerned
    [one] Confirm: { $n } school is concerned
   *[other] Confirm: { $n } schools are concerned
}
edit-confirm-all = Confirm: all schools are concerned
edit-changes = { $n ->
    [one] { $n } row of the tables changes
   *[other] { $n } rows of the tables change
}
edit-notes = What the check would newly say
edit-link = Change the plan
edit-move-dates = Move a date
edit-close-school = Close a school
edit-merge-school = Merge a school into another
edit-rename-school = Rename a school
edit-rename-room = Rename a room
edit-close-class = Close a class in September
edit-text-move-dates = A milestone of some schools or of a phase comes on another day. The promised date never moves; the cause is kept.
edit-text-close-school = Its places end without faults; its equipment is to be reassigned.
edit-text-merge-school = The school that takes it in takes over headcounts, rooms, networks and allotments; history follows it.
edit-text-rename-school = The school’s code stays; the former name is kept.
edit-text-rename-room = Places and their devices stay; the former name is kept and still understood.
edit-text-close-class = Its kit becomes “to be reassigned” in September, never surplus.
edit-field-school = School
edit-field-into = School that takes it in
edit-field-schools = Schools
edit-field-room = Room
edit-field-name = New name
edit-field-on = Last day
edit-field-milestone = Milestone
edit-field-to = New date
edit-field-cause = Cause
edit-field-year = Year of that September
edit-hint-school = The school’s code.
edit-hint-into = The school’s code.
edit-hint-schools = A school’s code, phase=2, or terms joined by &: kind=elementaire, trait=rep+
edit-hint-room = As it is called today.
edit-hint-name = Without “|”, “&” or “=”.
edit-hint-on = A day, a month or a season: 2025-07-04, 2025-07, summer 2025
edit-hint-milestone = Cabling, delivery, installation, acceptance, training…
edit-hint-to = A day, a month or a season: 2025-07-04, 2025-09, end 2025
edit-hint-cause = In a few words: it is read with the date.
edit-hint-year = 2025
choose-title = Put this device to a place
choose-text = The place that you choose stays its own, also after an import.
choose-place = Place
choose-button = Put the device here
choose-undo = Do not keep it to this place
choose-none = No place of this school asks for such a device.
accept-model-text = This model is not the plan’s.
accept-model-button = Accept this model as equivalent for the kit { $what }
edit-effects = What it means
