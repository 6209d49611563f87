# Presence, judged by days of class.
fault-device-silent = A device that is no longer seen
fault-device-silent-of = No longer seen: { $what }
fault-room-silent = A room in which nothing was seen any more
fault-case-silent = A case that was not opened
fault-school-silent = Nothing is on in the school any more
fault-case = case { $what }
fault-days = { $n ->
    [one] not seen for { $n } day of class
   *[other] not seen for { $n } days of class
}
fault-unseen = { $n ->
    [one] { $n } device
   *[other] { $n } devices
}
fact-case = case
fact-days = days of class without seeing it

# The page of the calendar.
calendar-title = Calendar and presence
calendar-lead = Only days of class count: what is off in holidays, on a public holiday or during a strike is not broken.
calendar-years = School years that are known
calendar-years-text = A day of a year that is missing is neither class nor holiday: presence is unknown then, and nobody is alarmed.
calendar-zone = Zone
calendar-known = Whole years
calendar-part = Years in part
calendar-file = The ministry’s school calendar
calendar-file-hint = The file fr-en-calendrier-scolaire of data.education.gouv.fr as it is, CSV or JSON.
calendar-import = Take this file in
calendar-imported = { $n ->
    [one] { $n } school year new or changed, of { $of } in the file.
   *[other] { $n } school years new or changed, of { $of } in the file.
}
calendar-refused = These rows were not taken, nor was the year of their zone:
calendar-closures = Closures
calendar-closures-text = A school or a zone that is closed (strike, heat, flood, works) is declared row by row, before or afterwards: presence and deadlines are counted again.
calendar-closures-list = Closures declared
calendar-closures-new = Declare a closure
calendar-expected = What is expected of devices
calendar-expected-text = A device of these kinds is told when it was not seen for so many whole days of class.
calendar-kind = Kind
calendar-after = Days of class
calendar-days = { $n ->
    [one] { $n } day of class
   *[other] { $n } days of class
}
calendar-never = { $what }: never told
calendar-not-silent = never told
calendar-set = set here
calendar-cuts = The power is cut in holidays
calendar-keeps = The power stays on in holidays
calendar-usual = As usual
calendar-night = power cut at night, { $what }
calendar-own = Settings of single schools
calendar-change = Change a setting
calendar-days-hint = 0: never; empty: as usual.
calendar-school = School (code); empty: the whole town
calendar-power = Power in holidays
calendar-off = Power off at
calendar-on = Power on at
calendar-save = Set
calendar-bad-kind = No such setting; expected: days, holidays or night, and a kind of device.
calendar-bad-days = A number from 0 to { $n } is expected.
calendar-bad-time = Two different times are expected, such as 19:00 and 7:00.
usage-term = in term
usage-holidays = in holidays
usage-both = in term and in holidays
day-school = Today: a day of class
day-weekday = Today: no class
day-holiday = Today: { $what }
day-closed = Today: school closed ({ $what })
day-public-holiday = Today: a public holiday ({ $what })
day-unknown = Today: nobody has told whether there is class (zone or school year missing); presence is unknown
feast-new-year = New Year’s Day
feast-labour = Labour Day
feast-victory = Victory Day 1945
feast-bastille = Bastille Day
feast-assumption = Assumption
feast-all-saints = All Saints’ Day
feast-armistice = Armistice Day 1918
feast-christmas = Christmas Day
feast-easter-monday = Easter Monday
feast-ascension = Ascension Day
feast-whit-monday = Whit Monday
feast-good-friday = Good Friday
feast-saint-stephen = Saint Stephen’s Day
feast-abolition = abolition of slavery
feast-citizens = Citizenship Day
feast-gospel = arrival of the Gospel
feast-chanel = Saint Peter Chanel
feast-territory = Territory Day
