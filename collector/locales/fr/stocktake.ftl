# Le récolement d’une école, salle par salle.
stocktake = Récolement
stocktake-sentence = { $of ->
    [one] { $n ->
        [0] La seule salle à compter ne l’est pas encore depuis la rentrée.
       *[other] La seule salle à compter l’est depuis la rentrée.
    }
   *[other] { $n ->
        [0] Aucune des { $of } salles n’est encore comptée depuis la rentrée.
        [one] { $n } des { $of } salles est comptée depuis la rentrée.
       *[other] { $n } des { $of } salles sont comptées depuis la rentrée.
    }
}
stocktake-text = Ce qu’aucun réseau ne voit : visualiseurs, écrans, valises, accessoires. Ce que vous dites ici est signé, daté et sert de preuve.
stocktake-nothing = Rien ici n’est à compter à la main.
stocktake-room = { $n ->
    [one] { $n } compté sur { $of }
   *[other] { $n } comptés sur { $of }
}
stocktake-here = Là
stocktake-not-here = Pas là
stocktake-not-looked = Pas regardé
stocktake-seen = Vu : { $what }
stocktake-gone = Cherché en vain : { $what }
stocktake-never = Personne ne l’a encore compté.
stocktake-how-many = { $n ->
    [one] sans étiquette : il en faut { $n }, combien y en a-t-il ?
   *[other] sans étiquette : il en faut { $n }, combien y en a-t-il ?
}
stocktake-read = Étiquette trouvée ici
stocktake-read-help = À taper, ou à lire avec un lecteur de codes : une chose d’une autre salle est notée ici.
stocktake-save = Enregistrer : { $what }
stocktake-done = Enregistré : { $what }.
stocktake-undo = Annuler au registre
stocktake-nothing-said = Rien n’a été dit de cette salle : choisissez « là » ou « pas là », ou tapez un nombre.
stocktake-changed = Cette salle a changé entre-temps : regardez de nouveau, puis enregistrez.
stocktake-too-many = { $n ->
    [0] Aucune place de cette nature ({ $kind }) n’est prévue dans cette salle.
    [one] Il n’y a qu’{ $n } place de cette nature ({ $kind }) dans cette salle : ajoutez d’abord ce qui est en plus au registre.
   *[other] Il n’y a que { $n } places de cette nature ({ $kind }) dans cette salle : ajoutez d’abord ce qui est en plus au registre.
}
stocktake-no-label = Le registre ne connaît pas l’étiquette « { $what } » : vérifiez-la, ou ajoutez d’abord la chose au registre.
stocktake-bad-count = « { $what } » n’est pas un nombre : tapez 0, 1, 2…
stocktake-too-many-fields = Un formulaire a { $n } champs au plus.
