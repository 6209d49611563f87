# Titres des pannes : un par ligne de la table, et la phrase qui la précise.
fault-agent-silent = Le serveur de l’école ne donne plus de nouvelles
fault-infrastructure-silent = Un équipement du réseau ne répond plus
fault-server-service = Un service du serveur est arrêté
fault-server-disk = Disque du serveur presque plein
fault-server-raid = Grappe de disques (RAID) du serveur dégradée
fault-server-smart = Un disque du serveur annonce une panne
fault-server-backup = Sauvegarde du serveur trop ancienne
fault-server-certificate = Certificat du serveur à renouveler
fault-server-hot = Serveur trop chaud
fault-server-updates = Mises à jour du serveur en attente depuis plus d’une semaine
fault-port-errors = Prise réseau qui perd des données
fault-port-duplex = Prise réseau en semi-duplex
fault-poe-exhausted = Alimentation PoE du commutateur épuisée
fault-ups-overload = Onduleur en surcharge
fault-ups-test-failed = Le dernier test de l’onduleur a échoué
fault-ups-on-battery = Onduleur sur batterie
fault-ups-battery-low = Batterie de l’onduleur faible
fault-ups-replace-battery = Batterie de l’onduleur à remplacer
fault-printer-toner = Toner bas ou épuisé
fault-printer-jam = Bourrage papier
fault-printer-no-paper = Plus de papier
fault-projector-fan = Vidéoprojecteur : ventilateur
fault-projector-lamp = Vidéoprojecteur : lampe
fault-projector-temperature = Vidéoprojecteur : température
fault-projector-cover = Vidéoprojecteur : capot
fault-projector-filter = Vidéoprojecteur : filtre
fault-projector-other = Vidéoprojecteur : autre erreur
fault-projector-lamp-worn = Vidéoprojecteur : lampe proche de sa fin de vie
fault-projector-left-on = Vidéoprojecteur resté allumé la nuit
fault-duplicate-address = Deux appareils se disputent une adresse
fault-cloned-server = Un serveur semble cloné
fault-due-missing = Matériel dû et absent
fault-misplaced = Appareil vu dans une autre salle
fault-shadow = { $n ->
    [one] { $n } appareil dans l’ombre : on ne sait plus rien de lui
   *[other] { $n } appareils dans l’ombre : on ne sait plus rien d’eux
}
fault-rate = { $n ->
    [one] { $n } erreur par heure
   *[other] { $n } erreurs par heure
}
fault-security = { $n ->
    [one] { $n } mise à jour de sécurité
   *[other] { $n } mises à jour de sécurité
}
fault-restart = redémarrage attendu
fault-made = dernière sauvegarde : { $what }
fault-ends = valable jusqu’au { $what }
fault-ended = expiré depuis le { $what }
fault-lamp-hours = { $n } h sur { $of } h annoncées
fact-host = serveur
fact-last = dernier contact
fact-device = appareil
fact-kind = nature
fact-port = prise
fact-room = salle prévue
fact-seen = vu en salle
fact-rooms = salles
fact-phase = phase
fact-kit = kit
fact-of = sur un total de
fact-due = dû le
fact-volume = volume
fact-level = niveau
fact-ground = relevé
fact-instance = lequel
fact-supply = consommable
fact-part = élément
fact-percent = pour cent
fact-made = dernière sauvegarde
fact-ends = fin de validité
fact-sensor = capteur
fact-degrees = température (°C)
fact-security = mises à jour de sécurité
fact-restart = redémarrage
fact-rate = erreurs par heure
fact-hours = heures de lampe
fact-rated = heures annoncées par le fabricant
fact-smart-reallocated = secteurs remplacés
fact-smart-pending = secteurs illisibles
fact-smart-uncorrectable = secteurs perdus
fact-smart-wear = usure (%)
