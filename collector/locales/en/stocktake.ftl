# The stocktake of a school, room by room.
stocktake = Stocktake
stocktake-sentence = { $of ->
    [one] { $n ->
        [0] The only room to be counted has not been, since the school year began.
       *[other] The only room to be counted has been, since the school year began.
    }
   *[other] { $n ->
        [0] None of { $of } rooms has been counted since the school year began.
        [one] { $n } of { $of } rooms has been counted since the school year began.
       *[other] { $n } of { $of } rooms have been counted since the school year began.
    }
}
stocktake-text = What no network sees: document cameras, screens, cases, accessories. What you say here is signed, dated and serves as proof.
stocktake-nothing = Nothing here is to be counted by hand.
stocktake-room = { $n ->
    [one] { $n } of { $of } counted
   *[other] { $n } of { $of } counted
}
stocktake-here = There
stocktake-not-here = Not there
stocktake-not-looked = Not looked
stocktake-seen = Seen: { $what }
stocktake-gone = Looked for in vain: { $what }
stocktake-never = Nobody has counted it yet.
stocktake-how-many = { $n ->
    [one] without a label: { $n } is planned, how many are there?
   *[other] without a label: { $n } are planned, how many are there?
}
stocktake-read = Label found here
stocktake-read-help = Type it, or read it with a code reader: a thing of another room is noted here.
stocktake-save = Save: { $what }
stocktake-done = Saved: { $what }.
stocktake-undo = Undo it in the register
stocktake-nothing-said = Nothing was said of this room: choose “there” or “not there”, or type a number.
stocktake-changed = This room has changed meanwhile: look again, then save.
stocktake-too-many = { $n ->
    [0] No place of this kind ({ $kind }) is planned in this room.
    [one] There is only { $n } place of this kind ({ $kind }) in this room: first add what is more to the register.
   *[other] There are only { $n } places of this kind ({ $kind }) in this room: first add what is more to the register.
}
stocktake-no-label = The register knows no label “{ $what }”: check it, or add the thing to the register first.
stocktake-bad-count = “{ $what }” is not a number: type 0, 1, 2…
stocktake-too-many-fields = A form has { $n } fields at most.
