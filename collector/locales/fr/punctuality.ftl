# Rapport de service : délais tenus, temps suspendu, pénalités.
service-title = Respect des délais
service-how = Heures ouvrées du lot, jours fériés exclus, temps suspendu déduit. Une panne compte dans la période où son horloge s’est arrêtée ; celles qui courent encore sont comptées à part.
service-from = Du
service-to = Au
service-show = Afficher
service-bad-period = période : attendu un premier jour passé, un dernier jour après lui, une année au plus (comme from=2026-11-01&to=2026-11-30). Corrigez les deux dates.
service-sentence = { $of ->
    [one] { $n } panne rétablie dans les délais sur { $of }.
   *[other] { $n } pannes rétablies dans les délais sur { $of }.
}
service-none = Aucune panne n’a été rétablie dans cette période.
service-nothing = Aucune panne confiée à un lot ne relève de cette période.
service-none-late = Aucun délai n’a été dépassé.
service-cut = Cette période compte plus de pannes qu’un rapport n’en tient : choisissez-en une plus courte.
service-by-lot = Par lot
service-clock = Délai
service-kept = Tenus
service-late = Dépassés
service-share = Part tenue
service-median = Durée médiane
service-open = En cours
service-overdue = En cours, dépassés
service-waited = Temps suspendu
service-between = close, puis revenue
service-penalties = Pénalités
service-penalty = Pénalité
service-penalty-how = Calculées là où le plan les écrit « 50 € », « 50 € par heure » ou « 50 € par jour », par heure ou jour ouvré commencé ; sinon, montrées comme écrites.
service-all-late = Délais dépassés, un par un
service-late-by = Retard ouvré
service-why = L’horloge
service-more = { $n ->
    [one] Un autre est dans le fichier.
   *[other] { $n } autres sont dans le fichier.
}
service-began = partie { $what }
service-allowed = { $what } ouvrées accordées
service-held = { $what } suspendues
service-end = échéance { $what }
service-stopped-respond = prise en compte { $what }
service-stopped-repair = rétablie { $what }
service-runs-on = court toujours
