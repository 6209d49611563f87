# Import of the plan, versions, the register row by row.
plan-versions-link = Versions and exports
import-title = Import a workbook
import-lead = An .xlsx or .ods workbook, a folder of CSV files as .zip, or one table as .csv. Nothing changes before you have seen what it would do.
import-file = File
import-file-hint = Choose it, or drop it here. A table that is not in the workbook stays as it is.
import-look = See what would change
import-no-file = Choose a file.
import-how = Correct the plan in a spreadsheet
import-how-1 = Export the plan in force:
import-how-2 = Correct it at your own pace; others may work here meanwhile.
import-how-3 = Bring it back. What changed on both sides is shown, never overwritten in silence.
import-refused = This file cannot be imported as it stands: mend the errors below first, then bring it again.
import-notes = Notes on the file
import-errors = { $n ->
    [one] { $n } error
   *[other] { $n } errors
}
import-warnings = { $n ->
    [one] { $n } warning
   *[other] { $n } warnings
}
import-remarks = { $n ->
    [one] { $n } note
   *[other] { $n } notes
}
import-sheet = Sheet or file
import-row = Row
import-column = Column
import-what = What was found
import-more = { $n ->
    [one] and { $n } more
   *[other] and { $n } more
}
import-conflicts = { $n ->
    [one] { $n } cell changed on both sides
   *[other] { $n } cells changed on both sides
}
import-conflicts-text = Since this export these cells were changed here and in the file, each differently. Choose for each.
import-was = Value at the export: { $what }
import-ours = in force here
import-theirs = in the file
import-row-gone = (row taken out)
import-empty = (empty)
import-effects = What this changes
import-no-effect = Nothing changes for schools, lots and grants.
import-rows = { $n ->
    [one] { $n } row changes
   *[other] { $n } rows change
}
import-meanwhile = { $n ->
    [one] { $n } row changed here since the export, kept
   *[other] { $n } rows changed here since the export, kept
}
import-note = Why
import-note-hint = One sentence that somebody will read in a year.
import-note-missing = Say why in a sentence.
import-unsettled = { $n ->
    [one] { $n } cell is left to choose.
   *[other] { $n } cells are left to choose.
}
import-confirm = Confirm the import: { $n ->
    [0] no school changes
    [one] { $n } school changes
   *[other] { $n } schools change
}, { $of ->
    [one] { $of } row
   *[other] { $of } rows
}
versions-lead = A version never changes again. To go back is to import an older version anew.
version-title = Version { $what } of the plan
version-in-force = in force
version-beside = Compare with
version-compare = Compare
version-since = Changes since version { $what }
version-first = The first version
version-back = Go back to this version
version-back-text = A new version will say the same as this one. The register (assets, loans, actual dates) stays as it is.
version-back-button = Go back to version { $what }
version-back-note = back to version { $what }
export-title = Take plan and register along
export-lead = The same tables in three shapes. An export that was corrected can be brought back: it knows which version it came from.
export-xlsx = Excel (.xlsx)
export-ods = LibreOffice (.ods)
export-zip = CSV files (.zip)
register-title = Register
register-lead = What is, row by row: assets, cases, loans, attestations, actual dates, closures. Every change is signed, dated, and can be undone.
register-newest = Latest changes
register-new = new row
register-removed = row taken out
register-add-row = Add a row
register-add = { $what }: new row
register-new-row = New row
register-search = Search
register-now = The row
register-not-there = The register says nothing of it yet.
register-why = Why
register-save = Save
register-remove = Take this row out
register-history = History
register-undo = Undo this change
register-meanwhile = Somebody has changed this row since you opened it: see the history below, and save again if your change still holds.
register-taken = Another row already bears this key: choose another, or open that row if it is at one of your schools.
register-elsewhere = Name one of your schools: a row stays where you see it.
register-undone = undoes change { $what }
register-hint-date = YYYY-MM-DD, or less exactly: 2026-09, été 2026, 2026
register-hint-many = Several values split by |
word-ordered = ordered
word-stock = in stock
word-spare = spare
word-in-service = in service
word-repair = in repair
word-lost = lost
word-stolen = stolen
word-retired = retired
word-town = town
word-operator = operator
word-state = state
word-leased = leased
word-cooperative = school cooperative
word-other = other
word-term = term
word-holidays = holidays
word-both = all year
word-label-scan = label scanned
word-photo = photo
word-delivery-note = delivery note
word-count = count
word-absent = not there
word-yes = yes
word-no = no
draft-lead = The fleet as seen on the networks, beside what the register knows already: rooms and assets to correct, then to bring back.
draft-link = Draft from the fleet seen (.xlsx)
