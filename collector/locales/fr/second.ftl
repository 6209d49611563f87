# Second facteur : le code d’une application, demandé après le mot de passe.
second-title = Second facteur
second-offer = Après le mot de passe, un code de votre téléphone : qui apprend l’un ne tient pas l’autre.
second-open = Second facteur
second-text = Après le mot de passe, la connexion demandera un code que votre téléphone affiche. Toute application de codes convient (norme TOTP).
second-scan = Avec l’application, photographiez ce carré.
second-square = Carré à photographier avec l’application de codes
second-type = Ou saisissez-y cette clé :
second-first = Saisissez le code à six chiffres qu’elle affiche.
second-code = Code
second-set-up = Mettre en service
second-on = Le second facteur est en service. Notez les codes de secours avant de quitter cette page.
second-off = Le second facteur est retiré.
second-wrong = Ce code n’est pas le bon, ou il a déjà servi. Attendez le suivant, et vérifiez l’heure du téléphone.
second-since = En service depuis
second-left = { $n ->
    [0] Il ne reste aucun code de secours : créez-en d’autres.
    [one] Il reste un code de secours.
   *[other] Il reste { $n } codes de secours.
}
second-codes = Codes de secours
second-codes-once = Ils ne sont montrés qu’une fois ; chacun sert une fois, quand le téléphone manque. Gardez-les sur papier.
second-codes-text = Les codes créés avant ne serviront plus.
second-codes-make = Créer d’autres codes de secours
second-end = Retirer le second facteur
second-must = Votre rôle doit avoir un second facteur. Un administrateur peut le remettre à zéro si le téléphone est perdu.
second-wanting = Votre rôle doit avoir un second facteur : mettez-le en service pour continuer.
second-ask = Code de votre téléphone
second-ask-hint = Six chiffres de l’application ; ou un code de secours.
second-other = Se connecter autrement
second-roles = Second facteur
second-roles-text = Les comptes de ces rôles doivent en avoir un ; sans lui, ils n’ouvrent que la page où le mettre en service.
second-roles-save = Enregistrer
second-roles-done = C’est noté.
second-none = Pas de second facteur.
second-reset = Retirer le second facteur
second-reset-text = Si la personne a perdu son téléphone. Vérifiez d’abord que c’est bien elle.
