# Titles of faults: one for each row of the table, and the sentence that details it.
fault-agent-silent = The school server is no longer heard of
fault-infrastructure-silent = A piece of network equipment no longer answers
fault-server-service = A service of the server is down
fault-server-disk = Server disk nearly full
fault-server-raid = Server disk array (RAID) degraded
fault-server-smart = A server disk announces its failure
fault-server-backup = Server backup too old
fault-server-certificate = Server certificate to be renewed
fault-server-hot = Server too hot
fault-server-updates = Server updates waiting for more than a week
fault-port-errors = Network port losing data
fault-port-duplex = Network port at half duplex
fault-poe-exhausted = PoE power of the switch exhausted
fault-ups-overload = UPS overloaded
fault-ups-test-failed = The UPS failed its last test
fault-ups-on-battery = UPS on battery
fault-ups-battery-low = UPS battery low
fault-ups-replace-battery = UPS battery to be replaced
fault-printer-toner = Toner low or out
fault-printer-jam = Paper jam
fault-printer-no-paper = Out of paper
fault-projector-fan = Projector: fan
fault-projector-lamp = Projector: lamp
fault-projector-temperature = Projector: temperature
fault-projector-cover = Projector: cover
fault-projector-filter = Projector: filter
fault-projector-other = Projector: other error
fault-projector-lamp-worn = Projector: lamp near the end of its life
fault-projector-left-on = Projector left on at night
fault-duplicate-address = Two devices claim one address
fault-cloned-server = A server seems to be cloned
fault-due-missing = Equipment due and absent
fault-misplaced = Device seen in another room
fault-shadow = { $n ->
    [one] { $n } device in shadow: nothing is known of it
   *[other] { $n } devices in shadow: nothing is known of them
}
fault-rate = { $n ->
    [one] { $n } error an hour
   *[other] { $n } errors an hour
}
fault-security = { $n ->
    [one] { $n } security update
   *[other] { $n } security updates
}
fault-restart = restart wanted
fault-made = last backup: { $what }
fault-ends = valid until { $what }
fault-ended = ended on { $what }
fault-lamp-hours = { $n } h of { $of } h rated
fact-host = server
fact-last = last contact
fact-device = device
fact-kind = kind
fact-port = port
fact-room = room planned
fact-seen = seen in room
fact-rooms = rooms
fact-phase = phase
fact-kit = kit
fact-of = out of
fact-due = due on
fact-volume = volume
fact-level = level
fact-ground = as read
fact-instance = which one
fact-supply = supply
fact-part = part
fact-percent = per cent
fact-made = last backup
fact-ends = valid until
fact-sensor = sensor
fact-degrees = temperature (°C)
fact-security = security updates
fact-restart = restart
fact-rate = errors an hour
fact-hours = lamp hours
fact-rated = hours rated by the maker
fact-smart-reallocated = replaced sectors
fact-smart-pending = unreadable sectors
fact-smart-uncorrectable = lost sectors
fact-smart-wear = wear (%)
