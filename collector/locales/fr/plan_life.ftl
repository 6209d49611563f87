# Import du plan, versions, registre ligne par ligne.
plan-versions-link = Versions et exports
import-title = Importer un classeur
import-lead = Un classeur .xlsx ou .ods, un dossier de fichiers CSV en .zip, ou une seule table en .csv. Rien ne change avant que vous ayez vu ce que cela ferait.
import-file = Fichier
import-file-hint = Le choisir, ou le glisser ici. Une table absente du classeur reste comme elle est.
import-look = Voir ce qui changerait
import-no-file = Choisissez un fichier.
import-how = Corriger le plan dans un tableur
import-how-1 = Exporter le plan en vigueur :
import-how-2 = Le corriger à son rythme ; pendant ce temps, d’autres peuvent travailler ici.
import-how-3 = Le rapporter ici. Ce qui a changé des deux côtés est montré, jamais écrasé en silence.
import-refused = Ce fichier ne peut pas être importé tel quel : corrigez d’abord les erreurs ci-dessous, puis apportez-le de nouveau.
import-notes = Remarques sur le fichier
import-errors = { $n ->
    [one] { $n } erreur
   *[other] { $n } erreurs
}
import-warnings = { $n ->
    [one] { $n } avertissement
   *[other] { $n } avertissements
}
import-remarks = { $n ->
    [one] { $n } remarque
   *[other] { $n } remarques
}
import-sheet = Feuille ou fichier
import-row = Ligne
import-column = Colonne
import-what = Ce qui a été trouvé
import-more = { $n ->
    [one] et { $n } autre
   *[other] et { $n } autres
}
import-conflicts = { $n ->
    [one] { $n } cellule changée des deux côtés
   *[other] { $n } cellules changées des deux côtés
}
import-conflicts-text = Depuis cet export, ces cellules ont été changées ici et dans le fichier, chacune autrement. Choisissez pour chacune.
import-was = Valeur à l’export : { $what }
import-ours = en vigueur ici
import-theirs = dans le fichier
import-row-gone = (ligne retirée)
import-empty = (vide)
import-effects = Ce que cela change
import-no-effect = Rien ne change pour les écoles, les lots et les subventions.
import-rows = { $n ->
    [one] { $n } ligne change
   *[other] { $n } lignes changent
}
import-meanwhile = { $n ->
    [one] { $n } ligne changée ici depuis l’export, conservée
   *[other] { $n } lignes changées ici depuis l’export, conservées
}
import-note = Pourquoi
import-note-hint = Une phrase que l’on relira dans un an.
import-note-missing = Dites en une phrase pourquoi.
import-unsettled = { $n ->
    [one] Il reste { $n } cellule à choisir.
   *[other] Il reste { $n } cellules à choisir.
}
import-confirm = Confirmer l’import : { $n ->
    [0] aucune école ne change
    [one] { $n } école change
   *[other] { $n } écoles changent
}, { $of ->
    [one] { $of } ligne
   *[other] { $of } lignes
}
versions-lead = Une version ne change plus jamais. Revenir en arrière, c’est importer de nouveau une ancienne version.
version-title = Version { $what } du plan
version-in-force = en vigueur
version-beside = Comparer avec
version-compare = Comparer
version-since = Changements depuis la version { $what }
version-first = La première version
version-back = Revenir à cette version
version-back-text = Une nouvelle version dira la même chose que celle-ci. Le registre (équipements, prêts, dates réelles) reste comme il est.
version-back-button = Revenir à la version { $what }
version-back-note = retour à la version { $what }
export-title = Emporter le plan et le registre
export-lead = Les mêmes tables dans trois formes. Un export corrigé peut être rapporté : il sait de quelle version il vient.
export-xlsx = Excel (.xlsx)
export-ods = LibreOffice (.ods)
export-zip = Fichiers CSV (.zip)
register-title = Registre
register-lead = Ce qui est, ligne par ligne : équipements, valises, prêts, constats, dates réelles, fermetures. Chaque changement est signé, daté, et peut être défait.
register-newest = Derniers changements
register-new = nouvelle ligne
register-removed = ligne retirée
register-add-row = Ajouter une ligne
register-add = { $what } : nouvelle ligne
register-new-row = Nouvelle ligne
register-search = Chercher
register-now = La ligne
register-not-there = Le registre n’en dit rien pour l’instant.
register-why = Pourquoi
register-save = Enregistrer
register-remove = Retirer cette ligne
register-history = Histoire
register-undo = Défaire ce changement
register-meanwhile = Quelqu’un a modifié cette ligne depuis que vous l’avez ouverte : voyez l’historique ci-dessous, puis enregistrez de nouveau si votre modification tient toujours.
register-taken = Cette clé est déjà celle d’une autre ligne : choisissez-en une autre, ou ouvrez la ligne si elle est à l’une de vos écoles.
register-elsewhere = Écrivez l’une de vos écoles : une ligne reste là où vous la voyez.
register-undone = défait le changement { $what }
register-hint-date = AAAA-MM-JJ, ou moins précis : 2026-09, été 2026, 2026
register-hint-many = Plusieurs valeurs séparées par |
word-ordered = commandé
word-stock = en stock
word-spare = de rechange
word-in-service = en service
word-repair = en réparation
word-lost = perdu
word-stolen = volé
word-retired = réformé
word-town = ville
word-operator = opérateur
word-state = État
word-leased = en location
word-cooperative = coopérative scolaire
word-other = autre
word-term = temps scolaire
word-holidays = vacances
word-both = toute l’année
word-label-scan = étiquette scannée
word-photo = photo
word-delivery-note = bon de livraison
word-count = comptage
word-absent = pas là
word-yes = oui
word-no = non
draft-lead = Le parc vu sur les réseaux, à côté de ce que le registre connaît déjà : salles et équipements à corriger, puis à rapporter.
draft-link = Ébauche depuis le parc vu (.xlsx)
