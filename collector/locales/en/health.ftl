# How a device fares, line by line and in one line.
health-title = Health
health-caption = What the device says of its health
health-disk = Disk { $what }
health-disk-well = sound
health-disk-bad = on alert
health-certificate = Certificate { $what }
health-backup = Backup { $what }
health-radio = Wi-Fi network { $what }
health-channel = channel { $n }
health-every = due within { $what }
health-never = never made
health-raid-well = RAID whole
health-raid-bad = RAID degraded
health-disks-well = { $n ->
    [one] { $n } sound disk
   *[other] { $n } sound disks
}
health-disks-bad = { $n ->
    [one] { $n } disk on alert
   *[other] { $n } disks on alert
}
health-last-backup = backup { $what }
health-valid = certificate until { $what }
health-ended = certificate ended on { $what }
note-array = Array
note-battery-changed = Battery changed
note-battery-made = Battery made
note-tested = Tested
note-test-result = Last test
test-passed = passed
test-warning = passed, with a warning
test-failed = failed
test-aborted = aborted
test-running = running
test-none = none
