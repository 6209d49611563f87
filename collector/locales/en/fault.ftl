# Titles of faults: one for each row of the table, and the sentence that details it.
fault-agent-silent = The school server is no longer heard of
fault-infrastructure-silent = A piece of network equipment no longer answers
fault-server-service = A service of the server is down
fault-server-disk = Server disk nearly full
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
fault-duplicate-address = Two devices claim one address
fault-cloned-server = A server seems to be cloned
fault-due-missing = Equipment due and absent
fault-misplaced = Device seen in another room
fault-shadow = { $n ->
    [one] { $n } device in shadow: nothing is known of it
   *[other] { $n } devices in shadow: nothing is known of them
}
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
