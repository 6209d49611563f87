# Modifier le plan en une action.
edit-title = Modifier le plan
edit-lead = Chaque action crée une nouvelle version du plan, signée et datée ; l’histoire reste.
edit-done = C’est fait :
edit-choose = Choisir une école
edit-look = Voir ce qui changerait
edit-cancel = Ne rien changer
edit-confirm-title = Ce qui changerait
edit-confirm = { $n ->
    [0] Confirmer : aucune école n’est concernée
    [one] Confirmer : { $n } école est concernée
   *[other] Confirmer : { $n } écoles sont concernées
}
edit-confirm-all = Confirmer : toutes les écoles sont concernées
edit-changes = { $n ->
    [one] { $n } ligne des tables change
   *[other] { $n } lignes des tables changent
}
edit-notes = Ce que la vérification dirait de nouveau
edit-link = Modifier le plan
edit-move-dates = Déplacer une date
edit-close-school = Fermer une école
edit-merge-school = Réunir une école à une autre
edit-rename-school = Renommer une école
edit-rename-room = Renommer une salle
edit-close-class = Fermer une classe à la rentrée
edit-text-move-dates = Un jalon de quelques écoles ou d’une phase vient un autre jour. La date promise ne bouge jamais ; la cause est gardée.
edit-text-close-school = Ses places s’éteignent sans panne ; son matériel est à réaffecter.
edit-text-merge-school = L’école qui accueille reprend effectifs, salles, réseaux et dotations ; l’histoire la suit.
edit-text-rename-school = Le code de l’école reste ; l’ancien nom est gardé.
edit-text-rename-room = Les places et leurs appareils restent ; l’ancien nom est gardé et reste compris.
edit-text-close-class = Sa dotation devient « à réaffecter » en septembre, jamais un surplus.
edit-field-school = École
edit-field-into = École qui accueille
edit-field-schools = Écoles
edit-field-room = Salle
edit-field-name = Nouveau nom
edit-field-on = Dernier jour
edit-field-milestone = Jalon
edit-field-to = Nouvelle date
edit-field-cause = Cause
edit-field-year = Année de la rentrée
edit-hint-school = Le code de l’école.
edit-hint-into = Le code de l’école.
edit-hint-schools = Un code d’école, phase=2, ou des termes joints par & : kind=elementaire, trait=rep+
edit-hint-room = Telle qu’elle s’appelle aujourd’hui.
edit-hint-name = Sans « | », « & » ni « = ».
edit-hint-on = Un jour, un mois ou une saison : 04/07/2025, 2025-07, été 2025
edit-hint-milestone = Câblage, livraison, pose, recette, formation…
edit-hint-to = Un jour, un mois ou une saison : 04/07/2025, 2025-09, fin 2025
edit-hint-cause = En quelques mots : elle sera lue avec la date.
edit-hint-year = 2025
choose-title = Placer cet appareil
choose-text = La place que vous choisissez lui reste, même après un import.
choose-place = Place
choose-button = Placer l’appareil ici
choose-undo = Ne plus imposer cette place
choose-none = Aucune place de cette école ne demande un tel appareil.
accept-model-text = Ce modèle n’est pas celui du plan.
accept-model-button = Accepter ce modèle comme équivalent pour la dotation { $what }
edit-effects = Ce que cela change
