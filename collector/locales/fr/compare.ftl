compare-title = Listes et recoupement
compare-text = Les exports d’une gestion de tablettes, les listes de postes d’un serveur, un inventaire : chacune est un témoin avec sa date, jamais le plan. Ce qu’un seul côté connaît est ce qui mérite un regard.
compare-lists = Listes
compare-no-list = Aucune liste n’a été apportée.
compare-no-list-here = Aucune liste ne parle de vos écoles.
compare-name = Nom de la liste
compare-name-hint = Une liste du même nom est remplacée.
compare-source = Origine
compare-as-of = Date de la liste
compare-rows = Lignes
compare-brought = Apportée
compare-remove = Retirer
compare-bring = Apporter une liste
compare-bring-do = Apporter
compare-file = Fichier
compare-file-hint = .csv, .xlsx ou .ods, avec une ligne de titres ; les colonnes sont reconnues par leurs titres.
compare-no-file = Choisissez un fichier.
compare-no-date = Donnez la date de la liste (AAAA-MM-JJ).
compare-odd-title = À relire dans la liste
compare-odd = ligne { $line } : trouvé « { $found } », attendu { $expected }
compare-who = Qui connaît quoi
compare-all-schools = Toutes les écoles
compare-show = Afficher
compare-side-differ = Ce qui ne concorde pas
compare-side-list = Dans une liste seulement
compare-side-live = Vu en direct seulement
compare-side-register = Au registre seulement
compare-side-all = Tout
compare-none = Rien ici.
compare-what = Appareil
compare-in-list = Liste, dernier contact
compare-live = Vu en direct
compare-register = Registre
compare-more = { $n ->
    [one] et { $n } autre
   *[other] et { $n } autres
  }
