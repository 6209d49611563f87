# Places: what becomes of them, and why a device stands there.
outcome-legacy = legacy, counts until replaced
outcome-legacy-gone = legacy, no longer there
outcome-seen-elsewhere = seen at another school
outcome-to-reassign = to be reassigned
outcome-closed = place no longer exists
reason-chosen = put there by a person
fault-return-due = Equipment to be returned: the cohort has left
held-title = To be given out, returned, reassigned
held-lead = What the programme holds because no school has it yet, and what waits for another place.
held-totals = To be given out
held-totals-none = All that is planned has a school.
held-of = { $n ->
    [0] all given out, of { $of }
    [one] { $n } of { $of } has no school yet
   *[other] { $n } of { $of } have no school yet
}
held-kit = Kit
held-things = Contents
held-for = For
held-returns = Returns expected
held-returns-none = No cohort leaves school this year.
held-cohort = Entered in
held-count = Number
held-due = To be returned
held-left = late: the cohort has left
held-reassign = To be reassigned
held-reassign-none = Nothing waits for another place.
held-waves = Order by criteria
held-waves-text = What the phases’ criteria and the yearly limit give; the plan stays what it says.
held-wave = Wave
held-teachers = Teachers
held-others = Schools that the plan puts elsewhere
held-as-planned = as planned
reason-through = what it holds is seen
reason-counted = counted by somebody
held-surplus = Surplus
held-surplus-text = Of a kind in the plan, beyond what it asks for: no fault.
school-closed = School closed: { $what }.
school-heir = Its history goes on at { $what }
school-carries-on = Carries on the history of { $what }
