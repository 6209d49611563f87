# Programme, écoles, pannes, parc.
overview-title = Programme
overview-sentence = { $phase } : { $n ->
    [one] { $n } école équipée
   *[other] { $n } écoles équipées
} sur { $of }, { $installed } places installées sur { $planned }.
overview-all-done = Toutes les places prévues sont installées.
overview-no-plan = Aucun plan n’est encore importé.
overview-no-plan-help = Importez un plan : rollcall-collector plan import DOSSIER. Les phases et les places apparaîtront ici.
overview-no-fault = Aucune panne ouverte.
overview-faults = { $n ->
    [one] { $n } panne est ouverte.
   *[other] { $n } pannes sont ouvertes.
}
overview-grave = { $n ->
    [one] Une est grave.
   *[other] { $n } sont graves.
}
overview-figures = Chiffres du programme
overview-installed = places installées sur les places prévues
overview-open-faults = { $n ->
    [one] panne ouverte
   *[other] pannes ouvertes
}
overview-missing = places dues et manquantes
overview-agents = agents qui donnent des nouvelles
overview-devices = appareils connus, dont { $what } présents
overview-phases = Phases
overview-phases-caption = Avancement de chaque phase : places prévues, dues, installées, manquantes
overview-schools = { $n ->
    [one] { $n } école
   *[other] { $n } écoles
}, selon leur état
overview-first = À voir d’abord
overview-nothing-first = Rien n’attend personne en ce moment.
overview-all-faults = { $n ->
    [one] Voir la panne
   *[other] Voir les { $n } pannes
}
overview-silent = Agents sans nouvelles
overview-no-agent = Aucun agent n’est inscrit : aucune école n’est encore regardée.
overview-all-agents = Tous les agents ont donné des nouvelles à l’heure.
schools-equipped = { $n ->
    [one] { $n } école équipée
   *[other] { $n } écoles équipées
} sur { $of }
progress = Avancement
progress-label = { $installed } installées sur { $planned }, { $missing } manquantes
phase = Phase
phase-none = Hors phase
phase-named = Phase { $what }
in-room = salle { $what }
col-installed = Installé
col-due = Dû
col-planned = Prévu
col-missing = Manquant
col-severity = Gravité
col-fault = Panne
col-school = École
col-where = Quoi, où
col-since = Depuis
col-number = Nº
col-state = État
col-devices = Appareils
col-device = Appareil
col-kind = Nature
col-model = Modèle
col-serial = Nº de série
col-room = Salle
col-place = Prise
col-seen = Vu
col-name = Nom
col-port = Prise
legend-faulty = Installé, en panne
legend-missing = Dû, manquant
legend-planned = Pas encore dû, ou à compter sur place
school-state-fault = en panne
school-state-check = à vérifier
school-state-shadow = sans nouvelles
school-state-learning = en apprentissage
school-state-calm = rien à signaler
school-state-unfollowed = non suivie
school-kind-maternelle = maternelle
school-kind-elementaire = élémentaire
school-kind-primaire = primaire
schools-title = Écoles
schools-count = { $n ->
    [one] { $n } école
   *[other] { $n } écoles
}
schools-by-state = Écoles selon leur état
schools-caption = Écoles, leur état et leurs comptes
schools-none = Aucune école ne correspond.
faults-title = Pannes
faults-open-title = { $n ->
    [0] Aucune panne ouverte
    [one] { $n } panne ouverte
   *[other] { $n } pannes ouvertes
}
faults-cleared-title = Pannes closes
faults-order = D’abord ce dont le délai tombe en premier, puis les plus graves et les plus anciennes.
faults-by-code = Pannes selon leur nature
faults-open = ouvertes
faults-cleared = closes
faults-none = Aucune panne ici. Si cela vous étonne, voyez quels agents donnent des nouvelles.
fault-due-missing-of = À installer : { $what }
fault-infrastructure-silent-of = Ne répond plus : { $what }
fault-number = panne
sign-unconfirmed = à confirmer
fault-closed = close
fault-learning = L’école est en apprentissage : tout est montré, personne n’est prévenu, aucun délai ne court.
fault-how = Ce que l’on sait
fault-rule = Règle
fault-cleared-at = Close
fault-life = Suivi
fault-no-life = Rien d’autre n’est encore noté.
life-opened = ouverte
life-confirmed = confirmée
life-changed = précisée
life-cleared = close
life-reopened = rouverte
life-commented = commentaire
cleared-by-look = au passage suivant, qui pouvait le voir
cleared-by-person = par une personne
col-addresses = Adresses
col-code = Code
col-day = Jour
export-devices = parc
export-schools = ecoles
export-visits = visites
export-cut = { $n ->
    [one] La liste continue : un fichier s’arrête à { $n } ligne. Filtrez-la.
   *[other] La liste continue : un fichier s’arrête à { $n } lignes. Filtrez-la.
}
