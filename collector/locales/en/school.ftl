# School, device, plan.
school-sentence = { $installed } of { $planned } places installed{ $missing ->
    [0] {""}
    [one] , one is missing
   *[other] , { $missing } are missing
}.
school-no-plan = The plan foresees nothing here; { $n ->
    [0] no device is known
    [one] { $n } device is known
   *[other] { $n } devices are known
}.
school-unfollowed = This school is not followed: no agent looks there.
school-learning = The school is learning: everything is shown, nobody is notified.
school-accept = Accept this first picture: faults will be told
school-places = Places
school-no-places = No place: the plan foresees nothing here, or the school has not been reconciled yet.
school-places-table = The same places as a table
school-network = Network: switches and ports
school-no-switch = No switch has answered yet.
school-no-ports = This switch did not tell its ports.
school-ports-caption = Ports and what hangs on them
school-plate = Front of switch { $what }
school-dark = No link: { $what }
school-server = School server
school-no-agent = No agent looks at this school.
school-devices-caption = Devices by kind
school-visitors = { $n ->
    [one] { $n } visiting device, counted without being identified.
   *[other] { $n } visiting devices, counted without being identified.
}
port-up = link up
port-down = no link
port-unknown = link not told
port-what = Connected
port-speed = Speed
port-uplink = uplink
server-volume = Disk { $what }
server-uptime = Up for
timeline = What changed
timeline-empty = Nothing has changed yet.
event-first-seen = first seen
event-back = back
event-left = no longer seen
event-moved-school = moved to another school
event-place = changed port
event-address = changed address
event-nothing = none any more
event-kind = kind now known
event-vendor = maker now known
event-model = model now known
event-serial = serial now known
event-firmware = firmware updated
event-name = renamed
event-os = system updated
room-none = No room
room-kind-class = class
room-kind-computer-room = computer room
room-kind-library = library
room-kind-head-office = head’s office
room-kind-staff = staff room
room-kind-cabinet = cabinet
room-kind-other = other
places-count = { $n ->
    [one] { $n } place
   *[other] { $n } places
}
outcome-installed = installed
outcome-installed-faulty = installed, faulty
outcome-other-model = installed, another model
outcome-delivered-not-seen = delivered, not yet seen
outcome-in-repair = in repair
outcome-lent = lent
outcome-due-missing = due and missing
outcome-not-yet-due = not yet due
outcome-to-be-counted = to be counted on site
outcome-not-followed = school not followed
reason-pinned = pinned by the register
reason-kept = stood at this place already
reason-room = kind, model and room agree
reason-model = kind and model agree
reason-kind = the kind agrees
agent-state-present = reporting
agent-state-shadow = not heard of
agent-state-quiet = paused
agent-state-missing = revoked
devices-title = Devices
devices-count = { $n ->
    [one] { $n } device
   *[other] { $n } devices
}
devices-by-kind = Devices by kind
devices-search = Name, serial number or MAC address
devices-none = No device fits.
devices-caption = Devices: kind, name, model, school, state
devices-known = known
since = for { $what }
device-known = What is known
device-known-caption = Each thing known, how it is known and on what ground
device-what = What
device-value = Value
device-how = How
device-ground = On what ground
device-identity = Identity
device-identity-text = These keys make it the same device; never an IP address.
device-address = address
device-first-seen = first seen
device-parts = Levels
part-some-left = some left
device-place = Place in the plan
device-no-place = This device fills no place of the plan.
device-why-place = why
device-presence = Presence
device-no-presence = No presence has been noted yet.
presence-from = From
presence-until = Until
presence-lasted = Lasted
presence-open = still present
unknown-why = no probe has told it yet
about-kind = kind
about-vendor = maker
about-model = model
about-serial = serial number
about-name = name
about-os = system
about-firmware = firmware
about-place = connection
about-key = key
key-serial = serial number
key-mac = MAC address
key-uuid = system identifier
key-uem = management identifier
key-name = name within the school
probe-forwarding = switch table
probe-neighbours = neighbours
probe-snmp = SNMP
probe-pjlink = PJLink
probe-dhcp = DHCP leases
probe-dhcp-heard = DHCP requests heard
probe-server = server
probe-ups = UPS
probe-disks = server disks
probe-upkeep = server upkeep
plan-title = Plan
plan-pilot = pilot
plan-kinds-caption = Places of the phase by kind
plan-milestones = Milestones
plan-milestone = Milestone
plan-promised = Promised
plan-planned = Planned
plan-allotments = { $n ->
    [one] { $n } allotment
   *[other] { $n } allotments
}
plan-allotments-caption = Allotments: kit, schools, quantity, due date
plan-kit = Kit
plan-kits = Kits
plan-quantity = Quantity
plan-total = { $n } in all
plan-versions = Versions of the plan
plan-version = version
per-school = per school
per-class = per class
per-room = per room ({ $what })
per-teacher = per teacher
per-pupil = per pupil of { $what }
per-case = per case
milestone-council-informed = council informed
milestone-cabling = cabling
milestone-electrical = electrical work
milestone-fibre = fibre
milestone-order = order
milestone-delivery = delivery
milestone-installation = installation
milestone-acceptance = acceptance
milestone-training = training
milestone-procurement = procurement
