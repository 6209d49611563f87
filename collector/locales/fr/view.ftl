# Vues enregistrées, gestes sur plusieurs pannes, écran mural.
views = Mes vues
view-keep = Garder cette vue
view-keep-button = Garder
view-name = Nom de la vue
view-forget = Oublier la vue « { $what } »
view-bad-name = Un nom de 1 à { $n } caractères est attendu.
view-bad-address = Cette adresse n’est pas celle d’une liste que l’on peut garder : pannes, écoles, appareils, carte, interventions ou tournée.
view-too-many = Vous gardez déjà { $n } vues : oubliez-en une d’abord.
bulk = Agir sur les pannes cochées
bulk-choose = Choisir : { $what }
bulk-verb = Geste
bulk-cause = Si vous suspendez : en attente de
bulk-text = Un mot (demandé pour commenter et écarter)
bulk-do = Faire ce geste pour les pannes cochées
bulk-title = { $n ->
    [0] Aucune panne n’a changé
    [one] { $n } panne a changé
   *[other] { $n } pannes ont changé
}
bulk-refused = { $n ->
    [0] {""}
    [one] Une n’a pas pu changer.
   *[other] { $n } n’ont pas pu changer.
}
bulk-none = Aucune panne n’est cochée : cochez-en au moins une.
bulk-too-many = { $n } pannes au plus à la fois.
bulk-done = fait
bulk-gone = introuvable
bulk-back = Revenir à la liste
bulk-fault = Panne { $what }
wall = Écran mural
wall-link = Écran mural
wall-faults = { $n ->
    [0] Rien en panne
    [one] { $n } panne ouverte
   *[other] { $n } pannes ouvertes
}
wall-grave = { $n ->
    [0] aucune grave
    [one] dont une grave
   *[other] dont { $n } graves
}
wall-first = Les plus graves et les plus récentes
wall-silent = Écoles sans nouvelles
wall-no-silent = Toutes les écoles suivies donnent de leurs nouvelles.
wall-more = { $n ->
    [one] et { $n } autre
   *[other] et { $n } autres
}
wall-leave = Quitter l’écran mural
