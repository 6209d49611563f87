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

# La page du calendrier.
calendar-title = Calendrier et présence
calendar-lead = Seuls les jours de classe comptent : ce qui est éteint pendant les vacances, un jour férié ou une grève n’est pas en panne.
calendar-years = Années scolaires connues
calendar-years-text = Un jour d’une année qui manque n’est ni de classe ni de vacances : la présence y est inconnue, et personne n’est alerté.
calendar-zone = Zone
calendar-known = Années complètes
calendar-part = Années incomplètes
calendar-file = Calendrier scolaire du ministère
calendar-file-hint = Le fichier fr-en-calendrier-scolaire de data.education.gouv.fr, tel quel, en CSV ou en JSON.
calendar-import = Prendre en compte ce fichier
calendar-imported = { $n ->
    [one] { $n } année scolaire nouvelle ou changée, sur { $of } dans le fichier.
   *[other] { $n } années scolaires nouvelles ou changées, sur { $of } dans le fichier.
}
calendar-refused = Ces lignes n’ont pas été prises, et l’année de leur zone non plus :
calendar-closures = Fermetures
calendar-closures-text = Une école ou une zone fermée (grève, canicule, inondation, travaux) se déclare ligne par ligne, avant ou après : présence et délais sont recalculés.
calendar-closures-list = Fermetures déclarées
calendar-closures-new = Déclarer une fermeture
calendar-expected = Ce que l’on attend des appareils
calendar-expected-text = Un appareil de ces natures est signalé quand on ne l’a pas vu pendant autant de jours de classe entiers.
calendar-kind = Nature
calendar-after = Jours de classe
calendar-days = { $n ->
    [one] { $n } jour de classe
   *[other] { $n } jours de classe
}
calendar-never = { $what } : jamais signalé
calendar-not-silent = jamais signalé
calendar-set = réglé ici
calendar-cuts = Le courant est coupé pendant les vacances
calendar-keeps = Le courant reste pendant les vacances
calendar-usual = Comme d’habitude
calendar-night = courant coupé la nuit, { $what }
calendar-own = Réglages propres à une école
calendar-change = Changer un réglage
calendar-days-hint = 0 : jamais ; vide : comme d’habitude.
calendar-school = École (code) ; vide : toute la ville
calendar-power = Courant pendant les vacances
calendar-off = Courant coupé à
calendar-on = Courant remis à
calendar-save = Régler
calendar-bad-kind = Réglage inconnu ; attendus : days, holidays ou night, et une nature d’appareil.
calendar-bad-days = Un nombre de 0 à { $n } est attendu.
calendar-bad-time = Deux heures différentes sont attendues, comme 19:00 et 7:00.
usage-term = en période de classe
usage-holidays = pendant les vacances
usage-both = en classe et pendant les vacances
day-school = Aujourd’hui : jour de classe
day-weekday = Aujourd’hui : pas de classe
day-holiday = Aujourd’hui : { $what }
day-closed = Aujourd’hui : école fermée ({ $what })
day-public-holiday = Aujourd’hui : jour férié ({ $what })
day-unknown = Aujourd’hui : on ne sait pas s’il y a classe (zone ou année scolaire manquante) ; la présence est inconnue
feast-new-year = jour de l’An
feast-labour = fête du Travail
feast-victory = victoire de 1945
feast-bastille = fête nationale
feast-assumption = Assomption
feast-all-saints = Toussaint
feast-armistice = armistice de 1918
feast-christmas = Noël
feast-easter-monday = lundi de Pâques
feast-ascension = Ascension
feast-whit-monday = lundi de Pentecôte
feast-good-friday = vendredi saint
feast-saint-stephen = Saint-Étienne
feast-abolition = abolition de l’esclavage
feast-citizens = fête de la citoyenneté
feast-gospel = arrivée de l’Évangile
feast-chanel = saint Pierre Chanel
feast-territory = fête du territoire
