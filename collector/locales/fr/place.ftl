# Places : ce qu'elles deviennent, et pourquoi un appareil y est.
outcome-legacy = existant, compte jusqu'à son remplacement
outcome-legacy-gone = existant, n'est plus là
outcome-seen-elsewhere = vu dans une autre école
outcome-to-reassign = à réaffecter
outcome-closed = place supprimée
reason-chosen = placé là par une personne
