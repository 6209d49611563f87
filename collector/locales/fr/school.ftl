# École, appareil, plan.
school-sentence = { $installed } places installées sur { $planned }{ $missing ->
    [0] {""}
    [one] , une manque
   *[other] , { $missing } manquent
}.
school-no-plan = Le plan ne prévoit rien ici ; { $n ->
    [0] aucun appareil n’y est connu
    [one] { $n } appareil y est connu
   *[other] { $n } appareils y sont connus
}.
school-unfollowed = Cette école n’est pas suivie : aucun agent n’y regarde.
school-learning = L’école est en apprentissage : tout est montré, personne n’est prévenu.
school-accept = Accepter ce premier relevé : les pannes seront signalées
school-places = Places
school-no-places = Aucune place : le plan ne prévoit rien ici, ou l’école n’a pas encore été rapprochée.
school-places-table = Les mêmes places en tableau
school-network = Réseau : commutateurs et prises
school-no-switch = Aucun commutateur n’a encore répondu.
school-no-ports = Ce commutateur n’a pas dit ses prises.
school-ports-caption = Prises et ce qui y est branché
school-plate = Façade du commutateur { $what }
school-dark = Sans lien : { $what }
school-server = Serveur de l’école
school-no-agent = Aucun agent ne regarde cette école.
school-devices-caption = Appareils par nature
school-visitors = { $n ->
    [one] { $n } appareil de passage, compté sans être identifié.
   *[other] { $n } appareils de passage, comptés sans être identifiés.
}
port-up = lien établi
port-down = pas de lien
port-unknown = lien non dit
port-what = Branché
port-speed = Débit
port-uplink = liaison
server-volume = Disque { $what }
server-uptime = Allumé depuis
timeline = Ce qui a changé
timeline-empty = Rien n’a encore changé.
event-first-seen = vu pour la première fois
event-back = de retour
event-left = n’est plus vu
event-moved-school = a changé d’école
event-place = a changé de prise
event-address = a changé d’adresse
event-nothing = plus rien
event-kind = nature précisée
event-vendor = fabricant précisé
event-model = modèle précisé
event-serial = numéro de série précisé
event-firmware = micrologiciel mis à jour
event-name = a changé de nom
event-os = système mis à jour
room-none = Sans salle
room-kind-class = classe
room-kind-computer-room = salle informatique
room-kind-library = BCD
room-kind-head-office = direction
room-kind-staff = salle des maîtres
room-kind-cabinet = baie
room-kind-other = autre
places-count = { $n ->
    [one] { $n } place
   *[other] { $n } places
}
outcome-installed = installé
outcome-installed-faulty = installé, en panne
outcome-other-model = installé, autre modèle
outcome-delivered-not-seen = livré, pas encore vu
outcome-in-repair = en réparation
outcome-lent = prêté
outcome-due-missing = dû et manquant
outcome-not-yet-due = pas encore dû
outcome-to-be-counted = à compter sur place
outcome-not-followed = école non suivie
reason-pinned = fixé par le registre
reason-kept = était déjà à cette place
reason-room = nature, modèle et salle correspondent
reason-model = nature et modèle correspondent
reason-kind = la nature correspond
agent-state-present = donne des nouvelles
agent-state-shadow = sans nouvelles
agent-state-quiet = en pause
agent-state-missing = révoqué
devices-title = Parc
devices-count = { $n ->
    [one] { $n } appareil
   *[other] { $n } appareils
}
devices-by-kind = Appareils par nature
devices-search = Nom, numéro de série ou adresse MAC
devices-none = Aucun appareil ne correspond.
devices-caption = Appareils : nature, nom, modèle, école, état
devices-known = connus
since = depuis { $what }
device-known = Ce que l’on sait
device-known-caption = Chaque connaissance, comment elle est connue et sur quelle base
device-what = Quoi
device-value = Valeur
device-how = Comment
device-ground = Sur quelle base
device-identity = Identité
device-identity-text = Ces clés font que c’est bien le même appareil ; jamais une adresse IP.
device-address = adresse
device-first-seen = vu la première fois
device-parts = Niveaux
part-some-left = il en reste
device-place = Place au plan
device-no-place = Cet appareil ne remplit aucune place du plan.
device-why-place = pourquoi
device-presence = Présence
device-no-presence = Aucune présence n’est encore notée.
presence-from = Du
presence-until = Au
presence-lasted = Durée
presence-open = toujours présent
unknown-why = aucune sonde ne l’a encore dit
about-kind = nature
about-vendor = fabricant
about-model = modèle
about-serial = numéro de série
about-name = nom
about-os = système
about-firmware = micrologiciel
about-place = branchement
about-key = clé
key-serial = numéro de série
key-mac = adresse MAC
key-uuid = identifiant système
key-uem = identifiant de gestion
key-name = nom dans l’école
probe-forwarding = table d’un commutateur
probe-neighbours = voisinage
probe-snmp = SNMP
probe-pjlink = PJLink
probe-dhcp = baux DHCP
probe-dhcp-heard = demandes DHCP entendues
probe-server = serveur
probe-ups = onduleur
probe-disks = disques du serveur
probe-upkeep = entretien du serveur
plan-title = Plan
plan-pilot = pilote
plan-kinds-caption = Places de la phase, par nature
plan-milestones = Jalons
plan-milestone = Jalon
plan-promised = Promis
plan-planned = Prévu
plan-allotments = { $n ->
    [one] { $n } dotation
   *[other] { $n } dotations
}
plan-allotments-caption = Dotations : kit, écoles, quantité, échéance
plan-kit = Kit
plan-kits = Kits
plan-quantity = Quantité
plan-total = { $n } en tout
plan-versions = Versions du plan
plan-version = version
per-school = par école
per-class = par classe
per-room = par salle ({ $what })
per-teacher = par enseignant
per-pupil = par élève de { $what }
per-case = par valise
milestone-council-informed = conseil informé
milestone-cabling = câblage
milestone-electrical = électricité
milestone-fibre = fibre
milestone-order = commande
milestone-delivery = livraison
milestone-installation = installation
milestone-acceptance = réception
milestone-training = formation
milestone-procurement = marché passé
