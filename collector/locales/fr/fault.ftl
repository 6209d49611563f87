# Titres des pannes : un par ligne de la table, et la phrase qui la précise.
fault-agent-silent = Le serveur de l’école ne donne plus de nouvelles
fault-infrastructure-silent = Un équipement du réseau ne répond plus
fault-server-service = Un service du serveur est arrêté
fault-server-disk = Disque du serveur presque plein
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
fault-duplicate-address = Deux appareils se disputent une adresse
fault-cloned-server = Un serveur semble cloné
fault-due-missing = Matériel dû et absent
fault-misplaced = Appareil vu dans une autre salle
fault-shadow = { $n ->
    [one] { $n } appareil dans l’ombre : on ne sait plus rien de lui
   *[other] { $n } appareils dans l’ombre : on ne sait plus rien d’eux
}
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
