# Search, files of the queue, the school's page, labels.
search-title = Search
search-label = Serial number, MAC, IP, name, label, school, room, fault number
search-button = Search
search-nothing = Nothing begins like this.
search-everywhere = Search inside names, too
search-rooms = Rooms
faults-files = This list:
my-school-none = Your account has no school
my-school-said = It is passed on. You see here what becomes of it.
my-school-open = What does not work
my-school-calm = Nothing is reported.
my-school-closed = Mended lately
my-school-report = Report
my-school-send = Send
plain-open = Seen, the town knows
plain-acknowledged = The town is on it
plain-assigned = Given to the contractor
plain-in_progress = Being mended
plain-suspended = Waiting (part, access, quote)
plain-claimed = Said to be mended, being checked
plain-closed = Mended
label-thing = Equipment
label-said = It is passed on, thank you. Scan the label again to see what becomes of it.
label-calm = Nothing is reported about this equipment.
label-open = Reported already
label-report = It does not work
label-text-hint = What one sees, and since when. No names of pupils or teachers.
label-website = Leave empty
labels = Labels
labels-title = Labels · { $what }
labels-count = { $n ->
    [one] one label
   *[other] { $n } labels
}
labels-more = { $n ->
    [one] one more is not shown
   *[other] { $n } more are not shown
}
labels-print = Print at 100 %, without margins, on an A4 sheet.
labels-form = Labels on a sheet
labels-none = No asset of the register is in this school.
