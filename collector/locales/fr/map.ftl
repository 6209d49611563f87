# La carte des écoles.
map-title = Carte
map-schools = { $n ->
    [0] Aucune école sur la carte
    [one] { $n } école sur la carte
   *[other] { $n } écoles sur la carte
}
map-sentence = { $n ->
    [0] Aucune n’est en panne.
    [one] Une est en panne.
   *[other] { $n } sont en panne.
}
map-phases = Écoles par phase
map-all-phases = Toutes les phases
map-whole = Revoir toute la carte
map-no-position = Le plan ne dit pas où se trouvent ces écoles : aucune n’a de latitude et de longitude.
map-gathered = Elles sont trop nombreuses pour être montrées une à une : chaque marque en réunit plusieurs, dans l’état de celle qui va le plus mal. Choisissez une marque pour voir de plus près.
map-drawing = Les écoles là où elles se trouvent ; la marque est d’autant plus grande que l’école a de places
map-table = La même carte en tableau
map-school = { $name } : { $state }, { $planned ->
    [one] { $planned } place
   *[other] { $planned } places
}{ $faults ->
    [0] {""}
    [one] , { $faults } panne
   *[other] , { $faults } pannes
}
map-cell = { $n ->
    [one] { $n } école : { $state }
   *[other] { $n } écoles, dont la plus touchée : { $state }
}
map-nowhere = Sans position
map-nowhere-help = Le plan ne dit pas où elles se trouvent (colonnes latitude et longitude de la table des sites).
map-more = { $n ->
    [one] et { $n } autre
   *[other] et { $n } autres
}
map-link = Voir sur la carte
