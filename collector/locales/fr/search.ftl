# Recherche, fichiers de la file, page de l’école, étiquettes.
search-title = Chercher
search-label = Nº de série, MAC, IP, nom, étiquette, école, salle, nº de panne
search-button = Chercher
search-nothing = Rien ne commence ainsi.
search-everywhere = Chercher aussi au milieu des noms
search-rooms = Salles
faults-files = Cette liste :
my-school-none = Votre compte n’a pas d’école
my-school-said = C’est transmis. Vous voyez ici ce qu’il en advient.
my-school-open = Ce qui ne marche pas
my-school-calm = Rien n’est signalé.
my-school-closed = Réparé dernièrement
my-school-report = Signaler
my-school-send = Envoyer
plain-open = Vu, la ville en est avertie
plain-acknowledged = La ville s’en occupe
plain-assigned = Confié au prestataire
plain-in_progress = Réparation en cours
plain-suspended = En attente (pièce, accès, devis)
plain-claimed = Dit réparé, en vérification
plain-closed = Réparé
label-thing = Matériel
label-said = C’est transmis, merci. Rescannez l’étiquette pour voir ce qu’il en advient.
label-calm = Rien n’est signalé pour ce matériel.
label-open = Déjà signalé
label-report = Ça ne marche pas
label-text-hint = Ce que l’on voit, et depuis quand. Aucun nom d’élève ni d’enseignant.
label-website = Laissez vide
labels = Étiquettes
labels-title = Étiquettes · { $what }
labels-count = { $n ->
    [one] une étiquette
   *[other] { $n } étiquettes
}
labels-more = { $n ->
    [one] une autre n’est pas montrée
   *[other] { $n } autres ne sont pas montrées
}
labels-print = Imprimez à 100 %, sans marges, sur planche A4.
labels-form = Étiquettes par planche
labels-none = Aucun bien du registre n’est dans cette école.
