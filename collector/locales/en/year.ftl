# The strip of a year, day by day.
year-title = The year, day by day
year-sentence = Devices were seen on { $n } of the { $of } school days of which something is known.
year-nothing = Nothing is known of any school day yet.
year-month = { $of ->
    [one] seen on { $n } of { $of } school day
   *[other] seen on { $n } of { $of } school days
}
year-no-class = no class
year-legend-class = school day, seen (filled by the share of devices)
year-legend-unseen = school day, nothing seen
year-legend-off = no class (lower)
year-legend-unknown = nothing is known
year-table = The same year as a table
year-col-month = Month
year-col-class = School days
year-col-seen = Seen
year-col-unknown = Unknown
year-col-lacking = School days with nothing seen
year-last-day = Last seen: { $what }.
year-personal = This device is in somebody’s hands or on loan: only the last day on which it was seen is shown.
year-link = The year, day by day
