# Avis : ce que l’on veut apprendre, les lettres, les liens reçus par courriel.
colon = { " : " }
notices = Avis
notices-text = Vous n’apprenez que ce que vous avez le droit de voir.
notice-matter = Sujet
notice-matter-new = Pannes nouvelles
notice-matter-back = À reprendre (réparation démentie, fin d’attente)
notice-matter-mended = Pannes closes
notice-matter-word = Suivi (prises en charge, commentaires)
notice-choice-never = Rien
notice-choice-at-once = L’urgent tout de suite, le reste au bilan
notice-choice-digest = Au bilan
notice-choice-weekly = Une fois par semaine
notice-urgent-text = Urgent : une panne critique, ou un délai qui expire dans les 24 heures.
notice-digest-text = { $n ->
    [24] Le bilan part chaque matin, à la fin des heures calmes.
    [one] Le bilan part chaque heure, hors des heures calmes.
   *[other] Le bilan part toutes les { $n } heures, hors des heures calmes.
}
notice-email = Adresse électronique
notice-email-hint = Vide : aucun courriel.
notice-email-admin = Seul un administrateur change cette adresse : elle ouvre le compte.
notice-email-none = Aucune adresse : vous ne recevez rien. Un administrateur peut en donner une.
notice-email-save = Enregistrer l’adresse
notice-email-bad = Ce n’est pas une adresse électronique : « { $what } », attendu par exemple prenom.nom@ville.fr
notice-email-done = L’adresse est enregistrée.
notice-quiet = Heures calmes
notice-quiet-town = celles de la ville ({ $what })
notice-quiet-none = aucune
notice-quiet-own = les miennes
notice-quiet-from = de
notice-quiet-until = à
notice-quiet-bad = Les heures calmes s’écrivent 20:00 et 07:00, et ne sont pas égales.
notice-at-night = L’urgent vient aussi pendant les heures calmes
notice-zone = Fuseau horaire
notice-zone-bad = Fuseau inconnu : « { $what } », attendu par exemple Europe/Paris
notice-language = Langue des courriels
notice-save = Enregistrer mes choix
notice-saved = Vos choix sont enregistrés.
notice-off = Aucun serveur de courriel n’est réglé sur ce collecteur : rien ne part par courriel.
notice-waiting = { $n ->
    [one] { $n } avis attend son courriel.
   *[other] { $n } avis attendent leur courriel.
}
notice-next = Au plus tôt :
deliveries = Derniers envois
delivery-sent = envoyé
delivery-open = en attente
delivery-again = échec, nouvel essai
delivery-given-up = abandonné
delivery-attempts = { $n ->
    [one] { $n } essai
   *[other] { $n } essais
}
webhooks = Appels de programmes (webhooks)
webhooks-text = À chaque avis, Rollcall envoie un message signé à votre outil de suivi.
webhook-url = Adresse
webhook-url-hint = https ; l’administrateur autorise d’abord l’hôte dans collector.toml.
webhook-hosts = Hôtes autorisés :
webhook-none-allowed = Aucun hôte n’est autorisé : l’administrateur nomme celui de votre outil dans collector.toml (notices.webhook_hosts).
webhook-make = Ajouter l’appel
webhook-made = Appel ajouté
webhook-once = Voici son secret ; il n’est montré qu’une fois. Il signe chaque message (en-tête Rollcall-Signature, HMAC-SHA256).
webhook-drop = Supprimer
webhook-many = { $n ->
    [one] Un compte a { $n } appel au plus : supprimez-le d’abord.
   *[other] Un compte a { $n } appels au plus : supprimez-en un d’abord.
}
webhook-no-matter = Choisissez au moins un sujet.
webhook-no-url = Ce n’est pas une adresse complète : « { $what } », attendu https://hôte/chemin
webhook-not-secret = L’adresse « { $what } » n’est pas en https.
webhook-not-named = L’hôte de « { $what } » n’est pas autorisé : l’administrateur le nomme dans collector.toml (notices.webhook_hosts).
notice-mark-new = Panne nouvelle
notice-mark-back = À reprendre
notice-mark-mended = Panne close
notice-mark-word = Suivi
notice-subject-new = { $n ->
    [one] { $n } panne nouvelle
   *[other] { $n } pannes nouvelles
}
notice-subject-unreachable = { $n ->
    [one] { $n } école injoignable
   *[other] { $n } écoles injoignables
}
notice-subject-back = { $n ->
    [one] { $n } panne à reprendre
   *[other] { $n } pannes à reprendre
}
notice-subject-mended = { $n ->
    [one] { $n } panne close
   *[other] { $n } pannes closes
}
notice-subject-word = { $n ->
    [one] { $n } suivi
   *[other] { $n } suivis
}
notice-since = Depuis le
notice-until = Délai :
notice-beyond = { $n ->
    [one] Et { $n } autre panne.
   *[other] Et { $n } autres pannes.
}
notice-all = Toutes les pannes :
notice-all-link = Toutes les pannes
notice-settings = Choisir ce que vous recevez, ou ne plus rien recevoir :
notice-settings-link = Choisir ce que vous recevez, ou ne plus rien recevoir
notice-by-label = Quelqu’un sur place
notice-said = { " " }: « { $what } »
notice-deed-acknowledge = prise en charge
notice-deed-assign = confiée à un lot
notice-deed-start = travail commencé
notice-deed-suspend = mise en attente
notice-deed-resume = attente finie
notice-deed-claim = déclarée réparée
notice-deed-verify = réparation vérifiée
notice-deed-refuse = réparation refusée
notice-deed-mend = vue réparée
notice-deed-dismiss = ce n’est pas une panne
notice-deed-accept = acceptée telle quelle
notice-deed-reopen = rouverte
notice-deed-confirm = signalement confirmé
notice-deed-comment = commentaire
notice-deed-report = signalement
notice-deed-join = nouveau signalement
letter-sign-in-subject = Votre lien pour ouvrir Rollcall
letter-sign-in-lead = Voici le lien demandé pour le compte « { $what } ». Il sert une fois, pendant 30 minutes.
letter-password-subject = Choisir un nouveau mot de passe
letter-password-lead = Voici le lien demandé pour choisir un mot de passe du compte « { $what } ». Il sert une fois, pendant 30 minutes.
letter-link-foot = Si vous n’avez rien demandé, ne faites rien : le lien s’éteint de lui-même.
held-mail = Adresse électronique d’un compte, et ses avis envoyés
held-mail-why = Prévenir ceux qui réparent, ouvrir le compte d’une école
held-mail-long = L’adresse tant que le compte existe ; les avis 30 jours
letter-test-subject = Essai de Rollcall
letter-test-text = Si vous lisez ceci, Rollcall sait envoyer des courriels.
link-ask-title = Recevoir un lien
link-ask-text = École : le lien part à la boîte de l’école et ouvre son compte. Autres comptes : il permet de choisir un nouveau mot de passe.
link-ask-name = Code de l’école, ou identifiant
link-ask-do = Recevoir un lien
link-ask-offer = École, ou mot de passe oublié : recevoir un lien
link-asked = C’est noté. Si ce nom est connu et a une adresse, un lien y arrive d’ici quelques minutes. Il sert une fois, pendant 30 minutes.
link-off = Ce collecteur n’envoie pas de courriel : demandez un lien à un administrateur.
link-open-title = Ouvrir le compte de l’école
link-open-text = Ce lien sert une fois.
link-open = Ouvrir
mail-title = Courriel
mail-off = Aucun serveur n’est réglé : voir [mail] dans collector.toml.
mail-server = Serveur
mail-sender = Expéditeur
mail-day = Depuis hier
mail-figures = { $n ->
    [one] { $n } envoi parti, { $of } en attente
   *[other] { $n } envois partis, { $of } en attente
}
mail-trouble = Envois en échec
mail-test = Envoyer un courriel d’essai
mail-test-to = À l’adresse
mail-test-done = Le serveur a pris le courriel d’essai pour { $what }.
mail-test-failed = Le courriel d’essai n’est pas parti : { $what }
