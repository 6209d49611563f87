# Le prestataire : sa file, la page d’une panne sur le terrain, ce qu’il emporte.
queue-title = Ma file
nav-queue = Ma file
queue-all = Toutes les pannes
queue-parts = Parties de la file
queue-overdue = Délai dépassé
queue-today = À tenir aujourd’hui
queue-later = À venir
queue-undated = Sans délai
queue-suspended = En attente
queue-claimed = Dites réparées, à vérifier
due-overdue = Délai dépassé
due-today = À tenir aujourd’hui
due-later = À venir
due-undated = Sans délai
queue-says-overdue = { $n ->
    [one] { $n } panne a dépassé son délai.
   *[other] { $n } pannes ont dépassé leur délai.
}
queue-says-today = { $n ->
    [one] { $n } est à tenir aujourd’hui.
   *[other] { $n } sont à tenir aujourd’hui.
}
queue-says-waiting = { $n ->
    [one] { $n } peut attendre demain.
   *[other] { $n } peuvent attendre demain.
}
queue-says-nothing = Rien n’attend votre intervention.
queue-more = Voir les { $n }
queue-broken = dépassé { $what }
queue-left = { $what }, dans { $left }
queue-no-clock = aucun délai ne court
today = aujourd’hui
fault-way = S’y rendre
way-address = Adresse
way-map = Ouvrir dans la carte
way-opens = École ouverte
way-lot = Passages du lot
way-next = Prochain passage possible
way-town = Écrire à la ville
way-operator = Appeler { $what }
fault-takes = À emporter
take-nothing = Rien de particulier.
take-for = { $what }, pour { $model }
take-lamp-hours = { $n } h au compteur
take-ladder = escabeau
take-screwdriver = tournevis
take-lamp = lampe
take-air-filter = filtre à air
take-air-duster = bombe à air sec
take-fan = ventilateur
take-remote-control = télécommande
take-stylus = stylet
take-laptop = ordinateur portable
take-patch-cable = cordon réseau
take-cable-tester = testeur de câble
take-console-cable = câble console
take-power-cable = cordon secteur
take-power-strip = multiprise
take-charger = chargeur
take-disk = disque de remplacement
take-backup-disk = disque de sauvegarde
take-poe-injector = injecteur PoE
take-multimeter = multimètre
take-torch = lampe torche
take-battery = batterie
take-toner = toner
take-gloves = gants
take-paper = ramette de papier
take-label = étiquette
take-case-key = clé de la valise
take-cabinet-key = clé de la baie
take-same-model = appareil de remplacement
spares-here = En réserve
spare-same = { $n ->
    [one] { $n } du même modèle
   *[other] { $n } du même modèle
}
spare-like = { $n ->
    [one] { $n } de la même nature
   *[other] { $n } de la même nature
}
fault-past = Déjà arrivé
fault-past-device = Sur cet appareil
fault-past-twins = Ailleurs, sur le même modèle
check-waits = Dite réparée { $what }. On attend le prochain regard qui peut le voir : cette page se met à jour d’elle-même, ou rechargez-la.
check-waits-person = Dite réparée { $what }. Aucun regard ne peut le voir : la ville le vérifie, ou dix jours d’école sans signe contraire.
check-done = Réparation vérifiée { $what } : { $how }.
check-contradicted = Revue en panne depuis l’annonce de réparation : le délai court toujours.
past-mended = durée : { $what }
photo = Photo
photos = Photos
photo-add = Ajouter une photo
photo-send = Envoyer la photo
photo-hint = JPEG, PNG ou WebP, 12 Mo au plus. Montrez le matériel, jamais un élève. Lieu et date de prise de vue sont effacés.
photo-remove = Retirer la photo
photo-empty = photo : aucun fichier n’a été choisi ; attendu : une photo JPEG, PNG ou WebP. Choisissez-en une ou prenez-la avec l’appareil.
photo-too-many-bytes = photo : trouvé { $what } Mo ; attendu : 12 Mo au plus. Choisissez une définition plus petite dans l’appareil photo.
photo-too-many-pixels = photo : trouvé { $what } pixels ; attendu : 26 millions de pixels au plus. Choisissez une définition plus petite dans l’appareil photo.
photo-no-photo = photo : le fichier n’est pas une photo que nous lisons (on dirait : { $what }) ; attendu : JPEG, PNG ou WebP. Sur un iPhone : Réglages, Appareil photo, Formats, « Le plus compatible ».
photo-broken = photo : le fichier commence comme une photo et ne se lit pas jusqu’au bout ; attendu : JPEG, PNG ou WebP entier. Envoyez-la de nouveau.
photo-most = { $n ->
    [one] Cette panne a déjà { $n } photo : retirez-la d’abord.
   *[other] Cette panne a déjà { $n } photos : retirez-en une d’abord.
}
life-photo = photo ajoutée
life-photo-gone = photo retirée
round-title = Tournée
round-on = Le
round-due = À tenir d’ici là
round-schools = { $n ->
    [one] { $n } école,
   *[other] { $n } écoles,
}
round-faults = { $n ->
    [one] { $n } panne
   *[other] { $n } pannes
}
round-packed = À emporter en tout
round-none = Aucune panne n’attend votre passage.
round-closed = fermée ce jour-là
round-cut = Seules les 500 pannes les plus pressantes sont de cette tournée.
people-title = Mes collaborateurs
people-text = Vos équipes et vos sous-traitants. Aucun ne voit plus que vous, ni aujourd’hui ni si votre périmètre change.
people-none = Vous n’avez encore fait aucun compte.
people-actor = Pour le compte de
people-schools = Écoles (vide : toutes les vôtres)
people-not-yours = pour le compte de : ni vous-même ni l’un de vos sous-traitants ; choisissez dans la liste.
people-refused-above = La ville a refusé ce compte : elle seule peut l’admettre de nouveau.
people-most = Vous avez 200 comptes : demandez à la ville d’en retirer.
account-lead = Prestataire : responsable, fait les comptes de ses équipes et sous-traitants
account-above = fait par { $what }, ne voit pas plus
