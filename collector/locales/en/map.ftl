# The map of schools.
map-title = Map
map-schools = { $n ->
    [0] No school on the map
    [one] { $n } school on the map
   *[other] { $n } schools on the map
}
map-sentence = { $n ->
    [0] None is faulty.
    [one] One is faulty.
   *[other] { $n } are faulty.
}
map-phases = Schools by phase
map-all-phases = All phases
map-whole = Back to the whole map
map-no-position = The plan does not say where these schools are: none has a latitude and a longitude.
map-gathered = There are too many to show one by one: each mark gathers several, in the state of the one that is worst off. Choose a mark to look closer.
map-drawing = Schools where they are; the more places a school has, the larger its mark
map-table = The same map as a table
map-school = { $name }: { $state }, { $planned ->
    [one] { $planned } place
   *[other] { $planned } places
}{ $faults ->
    [0] {""}
    [one] , { $faults } fault
   *[other] , { $faults } faults
}
map-cell = { $n ->
    [one] { $n } school: { $state }
   *[other] { $n } schools, the worst of them: { $state }
}
map-nowhere = Without a position
map-nowhere-help = The plan does not say where they are (columns latitude and longitude of the table of sites).
map-more = { $n ->
    [one] and { $n } other
   *[other] and { $n } others
}
map-link = See on the map
