# Connexion par le fournisseur d’identité de la ville.
provider-sign-in = Se connecter avec { $what }
provider-or = ou
provider-refused = La connexion n’a pas abouti
provider-again = Recommencer avec { $what }
provider-state = La réponse de { $what } ne répond pas à ce navigateur, ou elle vient trop tard. Recommencez.
provider-denied = { $what } ne vous laisse pas entrer.
provider-failed = { $what } ne répond pas, ou sa réponse n’est pas sûre. Réessayez dans quelques minutes ; sinon, prévenez un administrateur, le journal dit pourquoi.
provider-nameless = Votre fournisseur ne dit pas sous quel nom vous connaître (« { $what } »). Prévenez un administrateur.
provider-unknown = Il n’y a pas de compte « { $what } » ouvert ici. Demandez-le à un administrateur.
provider-other = Le compte « { $what } » est déjà celui d’une autre personne chez votre fournisseur. Prévenez un administrateur.
provider-out = Vous êtes déconnecté ici.
provider-way-out = Se déconnecter aussi de { $what }
