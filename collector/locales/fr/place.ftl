# Places : ce qu'elles deviennent, et pourquoi un appareil y est.
outcome-legacy = existant, compte jusqu'à son remplacement
outcome-legacy-gone = existant, n'est plus là
outcome-seen-elsewhere = vu dans une autre école
outcome-to-reassign = à réaffecter
outcome-closed = place supprimée
reason-chosen = placé là par une personne
fault-return-due = Matériel à rendre : la cohorte est partie
held-title = À attribuer, à rendre, à réaffecter
held-lead = Ce que le programme garde parce qu’aucune école ne l’a encore, et ce qui attend une autre place.
held-totals = À attribuer
held-totals-none = Tout ce qui est prévu a une école.
held-of = { $n ->
    [0] tout est attribué, sur { $of }
    [one] { $n } sur { $of } n’a pas encore d’école
   *[other] { $n } sur { $of } n’ont pas encore d’école
}
held-kit = Dotation
held-things = Contenu
held-for = Pour
held-returns = Retours attendus
held-returns-none = Aucune cohorte ne quitte l’école cette année.
held-cohort = Entrée en
held-count = Nombre
held-due = À rendre
held-left = en retard : la cohorte est partie
held-reassign = À réaffecter
held-reassign-none = Rien n’attend une autre place.
held-waves = Ordre selon les critères
held-waves-text = Ce que donnent les critères des phases et le plafond annuel ; le plan reste ce qu’il dit.
held-wave = Vague
held-teachers = Enseignants
held-others = Écoles que le plan place ailleurs
held-as-planned = comme au plan
reason-through = ce qu’elle contient est vu
reason-counted = compté par quelqu’un
held-surplus = En surplus
held-surplus-text = D’une nature prévue au plan, au-delà de ce qu’il demande : ce n’est pas une panne.
school-closed = École fermée : { $what }.
school-heir = Son histoire continue à { $what }
school-carries-on = Continue l’histoire de { $what }
