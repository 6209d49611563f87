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
