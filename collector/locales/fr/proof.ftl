# Preuve : budget, subventions, dossier de preuve, réserve, inventaire, déclaration de vol.

budget-title = Budget
budget-empty = Le plan ne contient aucune ligne de budget.
budget-lead = { $n ->
    [0] Aucune ligne n’est dépassée.
    [one] { $n } ligne est dépassée.
   *[other] { $n } lignes sont dépassées.
}
budget-caption = Lignes de budget et leurs factures
budget-line = Ligne
budget-planned-ht = Prévu HT
budget-planned-ttc = Prévu TTC
budget-invoiced-ht = Facturé HT
budget-invoiced-ttc = Facturé TTC
budget-paid = Payé
budget-left = Reste
budget-total = Total
budget-ht = { $what } HT
budget-ttc = { $what } TTC
budget-stray = { $n ->
    [one] { $n } facture sans ligne du plan
   *[other] { $n } factures sans ligne du plan
}

grants-title = Subventions
grants-empty = Le plan ne contient aucune subvention.
grants-sums-hold = Toutes les sommes sont justes.
grants-sums-broken = { $n ->
    [one] { $n } somme n’est pas juste : voir le contrôle.
   *[other] { $n } sommes ne sont pas justes : voir le contrôle.
}
grants-caption = Subventions : dépense éligible, taux, accordé, appelé, versé
grants-grant = Subvention
grants-spending = Dépense éligible
grants-granted = Subventions accordées
grants-left = Reste à la charge de la ville
grants-by-plan = D’après le taux
grants-awarded = Accordé
grants-called = Appelé
grants-paid = Versé
grants-own = part de la ville

evidence-title = Dossier de preuve : { $what }
evidence-file-name = dossier-de-preuve
evidence-proved = { $n ->
    [0] Aucun matériel ne prouve encore la dépense.
    [one] { $n } matériel prouve la dépense.
   *[other] { $n } matériels prouvent la dépense.
}
evidence-gaps = { $n ->
    [0] Rien ne reste à prouver.
    [one] { $n } point reste à prouver.
   *[other] { $n } points restent à prouver.
}
evidence-no-gap = Rien ne reste à prouver.
evidence-none = Aucun matériel ne prouve encore cette dépense.
evidence-more = { $n ->
    [one] et { $n } autre, dans le fichier à télécharger
   *[other] et { $n } autres, dans le fichier à télécharger
}
evidence-rate = Taux
evidence-by-invoices = D’après les factures
evidence-too-few = { $n } sur { $of }
evidence-done = réalisé : { $what }
evidence-delivered = livré le { $what }
evidence-line = Ligne
evidence-what = Quoi
evidence-label = Étiquette
evidence-why = Pourquoi
evidence-todo = Que faire
evidence-invoice = Facture
evidence-invoice-date = Date de facture
evidence-delivery-date = Livré le
evidence-proof = Preuve
evidence-by = Par
evidence-first = Vu la première fois
evidence-last = Vu la dernière fois
evidence-accepted = Réceptionné
evidence-price = Prix HT
evidence-planned = Prévu
evidence-invoiced = Facturé
evidence-eligible-planned = Éligible, d’après le plan
evidence-eligible-invoiced = Éligible, d’après les factures
evidence-outside = Facturé hors délai
evidence-things = Matériels
attested-label-scan = étiquette scannée
attested-photo = photo
attested-delivery-note = bon de livraison
attested-count = comptage

gap-not-seen = jamais vu : ni par un serveur d’école, ni par une personne
gap-todo-not-seen = le brancher dans l’école, ou scanner son étiquette sur place
gap-no-date = ni facture datée, ni date de livraison
gap-todo-no-date = noter sa facture ou sa date de livraison dans le registre
gap-outside-time = acheté hors de l’année de la ligne ou du délai de la subvention
gap-todo-outside-time = corriger la facture, ou retirer ce matériel de la ligne
gap-outside-schools = son école n’est pas dans la ligne
gap-todo-outside-schools = corriger l’école dans le registre, ou la ligne de la facture
gap-outside-kinds = cette nature de matériel n’est pas payée ici
gap-todo-outside-kinds = corriger la nature dans le registre, ou la ligne de la facture
gap-seen-elsewhere = vu dans une école qui n’est pas dans la ligne
gap-todo-seen-elsewhere = le rapporter, ou corriger son école dans le registre
gap-legacy = noté comme antérieur au programme
gap-todo-legacy = corriger le registre s’il a été acheté avec cette subvention
gap-without-paper = vus dans l’école, inconnus du registre : ni facture, ni livraison
gap-todo-without-paper = les inscrire au registre avec leur facture
gap-too-few = moins de matériels prouvés que la ligne n’en paie
gap-todo-too-few = inscrire ou retrouver les manquants
gap-no-invoice = aucune facture ne porte le code de la ligne
gap-todo-no-invoice = noter les factures dans le registre, avec leur ligne
gap-invoices-outside = factures hors de l’année de la ligne ou du délai de la subvention
gap-todo-invoices-outside = vérifier leur date et leur ligne
gap-not-done = rien n’est noté comme réalisé
gap-todo-not-done = noter ce qui est fait, avec sa date

sheet-gaps = Ce qui reste à prouver
sheet-proof = Ce qui prouve
sheet-lines = Lignes
sheet-checks = Contrôle

check-title = Contrôle des sommes
check-what = Somme
check-expected = Attendu
check-found = Trouvé
check-verdict = Verdict
check-holds = juste
check-broken = écart
check-below-ceiling = la dépense éligible reste sous le plafond
check-awarded-by-rules = accordé = taux × dépense éligible, à l’euro inférieur
check-whole-euros = la subvention est en euros entiers
check-called-at-most = appelé, au plus ce qui est accordé
check-paid-at-most = versé, au plus ce qui est appelé
check-parts-and-whole = subventions + reste = dépense
check-own-share = part de la ville = dépense − subventions
check-each-thing-once = chaque matériel une seule fois
check-each-serial-once = chaque numéro de série une seule fois
check-rate-down = { $value } de la dépense éligible, à l’euro inférieur
check-lines-sum = somme des lignes
check-rows = nombre de matériels

spares-title = Matériel de réserve
spares-lead = { $n ->
    [0] La réserve suffit.
    [one] Pour { $n } nature de matériel, la réserve est sous son minimum.
   *[other] Pour { $n } natures de matériel, la réserve est sous son minimum.
}
spares-caption = Réserve par nature de matériel
spares-spare = En réserve
spares-minimum = Minimum
spares-ordered = Commandé
spares-to-order = À commander
spares-repair = En réparation
spares-in-service = En service
spares-set = Fixer un minimum
spares-save = Enregistrer le minimum

inventory-title = Inventaire : { $what }
inventory-title-all = Inventaire du programme
inventory-file-name = inventaire
inventory-lead = { $n ->
    [0] Le registre ne contient aucun matériel ici.
    [one] { $n } matériel.
   *[other] { $n } matériels.
}
inventory-worth = Prix d’achat HT connu : { $what }.
inventory-made = Établi le
inventory-empty = Le registre ne contient aucun matériel ici.
inventory-bought = Acheté
inventory-state = État
inventory-proof = Dernière preuve
inventory-macs = Adresses MAC
inventory-link = Inventaire pour l’assureur
asset-state-ordered = commandé
asset-state-stock = en stock
asset-state-spare = de réserve
asset-state-in-service = en service
asset-state-repair = en réparation
asset-state-lost = perdu
asset-state-stolen = volé
asset-state-retired = réformé
asset-state-lent = prêté

theft-title = Déclaration de vol : { $what }
theft-link = Déclaration de vol
theft-choose = Cochez le matériel volé : la déclaration à imprimer porte étiquettes, numéros de série, adresses MAC, dernière présence et facture.
theft-lead = { $n ->
    [one] { $n } matériel volé.
   *[other] { $n } matériels volés.
}
theft-choice = Matériel de l’école
theft-make = Établir la déclaration
theft-sign = Date, nom et signature :
