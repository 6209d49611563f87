# Présence jugée sur les jours de classe.
fault-device-silent = Appareil que l’on ne voit plus
fault-device-silent-of = On ne voit plus : { $what }
fault-room-silent = Une salle où plus rien n’a été vu
fault-case-silent = Une valise qui n’a pas été ouverte
fault-school-silent = Plus rien n’est allumé dans l’école
fault-case = valise { $what }
fault-days = { $n ->
    [one] pas vu pendant { $n } jour de classe
   *[other] pas vu pendant { $n } jours de classe
}
fault-unseen = { $n ->
    [one] { $n } appareil
   *[other] { $n } appareils
}
fact-case = valise
fact-days = jours de classe sans le voir
