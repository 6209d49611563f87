# Comptes : le sien, ceux des autres.
account-title = Mon compte
account-password = Changer de mot de passe
account-old = Mot de passe actuel
account-new = Nouveau mot de passe
account-change = Changer le mot de passe
account-old-wrong = Le mot de passe actuel n’est pas celui-là.
account-password-done = Le mot de passe est changé ; les autres sessions sont fermées.
account-sessions = Sessions ouvertes
account-seen = Vue
account-begun = ouverte
account-this = celle-ci
account-end-others = Fermer les autres sessions
account-sessions-ended = { $n ->
    [0] Il n’y avait pas d’autre session.
    [one] Une autre session est fermée.
   *[other] { $n } autres sessions sont fermées.
}
tokens = Jetons pour programmes
tokens-text = Un programme se présente avec un jeton au lieu d’un mot de passe. Il voit ce que vous voyez, et rien de plus.
token-made = Jeton créé
token-once = Il n’est montré qu’une fois.
token-name = À quoi il sert
token-days = Jours de validité
token-reads = lecture seule
token-make = Créer un jeton
token-until = jusqu’au
token-used = utilisé
token-unused = jamais utilisé, créé
token-over = échu
token-drop = Supprimer
token-bad = Donnez un nom, et de 1 à { $n } jours.
token-many = Un compte a { $n } jetons au plus : supprimez-en un.
password-choose = Choisir un mot de passe
account-may = Rôle et périmètre
account-actor = Travaille pour
account-actor-long = { $n } caractères au plus : le code de l’acteur dans le plan.
account-actor-hint = Pour un prestataire : l’acteur du plan. Ses lots, et les périmètres du registre, disent ce qu’il voit.
account-schools = Écoles
account-schools-hint = Vide : toutes. Sinon le code d’une école, ou kind=elementaire, group=…, phase=2, trait=…, joints par &.
account-kinds = Sortes d’appareils (aucune cochée : toutes)
account-save = Enregistrer
account-sees = Ce que ce compte voit
account-entry = Entrée
account-enable = Laisser entrer de nouveau
account-disable = Refuser ce compte
account-own-role = Vous ne pouvez pas vous retirer vous-même l’administration.
account-own-state = Ce compte est le vôtre, ou le dernier administrateur : il reste ouvert.
sees-all = Tout.
sees-nothing = Rien : il manque un acteur, ou une école.
sees-any-lot = Tous lots
sees-any-kind = toutes sortes
sees-schools = { $n ->
    [one] une école
   *[other] { $n } écoles
}
link-text = Un lien laisse choisir un mot de passe, une fois, en deux jours. Envoyez-le à la personne par un chemin sûr.
link-make = Créer un lien pour le mot de passe
link-made = Lien créé
link-once = Il n’est montré qu’une fois et ne sert qu’une fois.
password-or-link = Laissez vide pour envoyer un lien.
