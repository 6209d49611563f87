compare-title = Lists compared
compare-text = Exports of a tablet management, host lists of a server, an inventory: each is a witness with its date, never the plan. What one side alone knows is worth a look.
compare-lists = Lists
compare-no-list = No list was brought in.
compare-no-list-here = No list speaks of your schools.
compare-name = Name of the list
compare-name-hint = A list of the same name is replaced.
compare-source = Origin
compare-as-of = Date of the list
compare-rows = Rows
compare-brought = Brought in
compare-remove = Remove
compare-bring = Bring a list in
compare-bring-do = Bring in
compare-file = File
compare-file-hint = .csv, .xlsx or .ods with a line of headings; columns are recognised by their headings.
compare-no-file = Choose a file.
compare-no-date = Give the date of the list (YYYY-MM-DD).
compare-odd-title = To check in the list
compare-odd = line { $line }: found “{ $found }”, expected { $expected }
compare-who = Who knows what
compare-all-schools = All schools
compare-show = Show
compare-side-differ = What does not match
compare-side-list = In a list only
compare-side-live = Seen live only
compare-side-register = In the register only
compare-side-all = All
compare-none = Nothing here.
compare-what = Device
compare-in-list = List, last contact
compare-live = Seen live
compare-register = Register
compare-more = { $n ->
    [one] and { $n } other
   *[other] and { $n } others
  }
