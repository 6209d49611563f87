# Avancement : courbes, rythme, prévision, jalons.

progress-in-place = { $n ->
    [one] { $n } sur { $of } en place
   *[other] { $n } sur { $of } en place
}
progress-late = { $n } en retard
progress-waiting = { $n ->
    [one] { $n } livré, pas encore en place
   *[other] { $n } livrés, pas encore en place
}
progress-undated = { $n } sans date
progress-join = {" ; "}
rollout-label = { $what } : { $value }. { $range }
progress-table = Les chiffres de la courbe
progress-until = Jusqu’au
progress-delivered = Livré
progress-installed = En place
progress-course = Courbe
progress-legend-installed = en place (vu, attesté ou réceptionné)
progress-legend-delivered = livré
progress-legend-due = prévu
progress-legend-window = dates prévues au mois, au trimestre ou à l’année
progress-legend-forecast = prévision
progress-legend-today = aujourd’hui
progress-overall = Tout le programme
progress-pages = Le suivi du programme
progress-milestones = Jalons
progress-budget = Budget
progress-grants = Subventions
progress-spares = Réserve
progress-inventory = Inventaire

forecast-nothing = Rien n’est prévu.
forecast-not-begun = Rien n’est encore en place : aucune prévision.
forecast-done = Terminé : le dernier est arrivé le { $day }.
forecast-too-early = Trop tôt pour prévoir la fin : { $n ->
    [0] moins d’une semaine
    [one] { $n } semaine
   *[other] { $n } semaines
} de travail depuis la première arrivée.
forecast-stopped = À l’arrêt : plus rien n’est arrivé depuis le { $day }.
forecast-ends = Au rythme des { $n } dernières semaines de travail ({ $value } par semaine) : fin vers le { $day }, entre le { $low } et le { $high }.
forecast-ends-on = Au rythme des { $n } dernières semaines de travail ({ $value } par semaine) : fin vers le { $day }.
forecast-open = Au rythme des { $n } dernières semaines de travail ({ $value } par semaine) : pas avant le { $low } ; la fin n’est pas en vue.

milestones-title = Jalons
milestones-lead = { $n ->
    [0] Aucun jalon n’est en retard.
    [one] { $n } jalon est en retard ou repoussé.
   *[other] { $n } jalons sont en retard ou repoussés.
}
milestones-empty = Le plan ne contient aucun jalon.
milestones-caption = Jalons, promis, prévus et atteints
milestones-of = Pour
milestones-actual = Atteint
milestones-expected = Attendu
milestones-state = État
milestones-cause = Cause
milestones-picture = Du premier au dernier jalon
milestones-between = entre le { $low } et le { $high }
milestones-on = le { $day }
milestones-not-before = pas avant le { $day }
milestones-pushed-by = à cause de « { $what } »
milestones-reached = atteint
milestones-reached-late = { $n ->
    [one] atteint avec au moins { $n } jour de retard
   *[other] atteint avec au moins { $n } jours de retard
}
milestones-late = { $n ->
    [one] en retard de { $n } jour
   *[other] en retard de { $n } jours
}
milestones-pushed = { $n ->
    [one] repoussé de { $n } jour au plus
   *[other] repoussé de { $n } jours au plus
}
milestones-ahead = à venir
milestones-undated = sans date
milestones-how = Quand une étape glisse, ce qui la suit glisse avec elle : au plus tôt la date prévue, s’il y avait de la marge ; au plus tard le même écart que dans le plan.

month-short-1 = janv.
month-short-2 = févr.
month-short-3 = mars
month-short-4 = avr.
month-short-5 = mai
month-short-6 = juin
month-short-7 = juil.
month-short-8 = août
month-short-9 = sept.
month-short-10 = oct.
month-short-11 = nov.
month-short-12 = déc.
