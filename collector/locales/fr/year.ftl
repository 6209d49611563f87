# La bande d’une année, jour par jour.
year-title = L’année, jour par jour
year-sentence = Des appareils ont été vus { $n } des { $of } jours de classe dont on sait quelque chose.
year-nothing = On ne sait encore rien d’aucun jour de classe.
year-month = { $of ->
    [one] vu { $n } sur { $of } jour de classe
   *[other] vu { $n } sur { $of } jours de classe
}
year-no-class = pas de classe
year-legend-class = jour de classe, vu (rempli selon la part des appareils)
year-legend-unseen = jour de classe, rien de vu
year-legend-off = sans classe (moins haut)
year-legend-unknown = on n’en sait rien
year-table = La même année en tableau
year-col-month = Mois
year-col-class = Jours de classe
year-col-seen = Vus
year-col-unknown = Inconnus
year-col-lacking = Jours de classe sans rien de vu
year-last-day = Vu pour la dernière fois : { $what }.
year-personal = Cet appareil est confié à quelqu’un ou prêté : seul le dernier jour où il a été vu est montré.
year-link = L’année, jour par jour
