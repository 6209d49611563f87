# Comment un appareil se porte, ligne par ligne et en une ligne.
health-title = Santé
health-caption = Ce que l’appareil dit de sa santé
health-disk = Disque { $what }
health-disk-well = sain
health-disk-bad = en alerte
health-certificate = Certificat { $what }
health-backup = Sauvegarde { $what }
health-radio = Réseau Wi-Fi { $what }
health-channel = canal { $n }
health-every = attendue sous { $what }
health-never = jamais faite
health-raid-well = RAID en état
health-raid-bad = RAID dégradé
health-disks-well = { $n ->
    [one] { $n } disque sain
   *[other] { $n } disques sains
}
health-disks-bad = { $n ->
    [one] { $n } disque en alerte
   *[other] { $n } disques en alerte
}
health-last-backup = sauvegarde { $what }
health-valid = certificat jusqu’au { $what }
health-ended = certificat expiré depuis le { $what }
note-array = Grappe
note-battery-changed = Batterie changée
note-battery-made = Batterie fabriquée
note-tested = Testé
note-test-result = Dernier test
test-passed = réussi
test-warning = réussi, avec réserve
test-failed = échoué
test-aborted = interrompu
test-running = en cours
test-none = aucun
