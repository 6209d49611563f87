# Proof: budget, grants, evidence file, spares, inventory, theft statement.

budget-title = Budget
budget-empty = The plan holds no budget line.
budget-lead = { $n ->
    [0] No line is overspent.
    [one] { $n } line is overspent.
   *[other] { $n } lines are overspent.
}
budget-caption = Budget lines and their invoices
budget-line = Line
budget-planned-ht = Planned, before tax
budget-planned-ttc = Planned, with tax
budget-invoiced-ht = Invoiced, before tax
budget-invoiced-ttc = Invoiced, with tax
budget-paid = Paid
budget-left = Left
budget-total = Total
budget-ht = { $what } before tax
budget-ttc = { $what } with tax
budget-stray = { $n ->
    [one] { $n } invoice without a line of the plan
   *[other] { $n } invoices without a line of the plan
}

grants-title = Grants
grants-empty = The plan holds no grant.
grants-sums-hold = Every sum comes out.
grants-sums-broken = { $n ->
    [one] { $n } sum does not come out: see the checks.
   *[other] { $n } sums do not come out: see the checks.
}
grants-caption = Grants: eligible spending, rate, awarded, called, paid
grants-grant = Grant
grants-spending = Eligible spending
grants-granted = Grants awarded
grants-left = Left to the town
grants-by-plan = By the rate
grants-awarded = Awarded
grants-called = Called
grants-paid = Paid
grants-own = the town’s share

evidence-title = Evidence file: { $what }
evidence-file-name = evidence
evidence-proved = { $n ->
    [0] Nothing proves the spending yet.
    [one] { $n } thing proves the spending.
   *[other] { $n } things prove the spending.
}
evidence-gaps = { $n ->
    [0] Nothing is left to prove.
    [one] { $n } point is left to prove.
   *[other] { $n } points are left to prove.
}
evidence-no-gap = Nothing is left to prove.
evidence-none = Nothing proves this spending yet.
evidence-more = { $n ->
    [one] and { $n } more, in the file to download
   *[other] and { $n } more, in the file to download
}
evidence-rate = Rate
evidence-by-invoices = By the invoices
evidence-too-few = { $n } of { $of }
evidence-done = done: { $what }
evidence-delivered = delivered { $what }
evidence-line = Line
evidence-what = What
evidence-label = Label
evidence-why = Why
evidence-todo = What to do
evidence-invoice = Invoice
evidence-invoice-date = Invoice date
evidence-delivery-date = Delivered
evidence-proof = Proof
evidence-by = By
evidence-first = First seen
evidence-last = Last seen
evidence-accepted = Accepted
evidence-price = Price before tax
evidence-planned = Planned
evidence-invoiced = Invoiced
evidence-eligible-planned = Eligible, by the plan
evidence-eligible-invoiced = Eligible, by the invoices
evidence-outside = Invoiced out of time
evidence-things = Things
attested-label-scan = label scanned
attested-photo = photo
attested-delivery-note = delivery note
attested-count = count

gap-not-seen = never seen: neither by a school’s server nor by a person
gap-todo-not-seen = plug it in at the school, or scan its label there
gap-no-date = neither a dated invoice nor a delivery date
gap-todo-no-date = note its invoice or its delivery date in the register
gap-outside-time = bought outside the line’s year or the grant’s time
gap-todo-outside-time = correct the invoice, or take this thing off the line
gap-outside-schools = its school is not one of the line’s
gap-todo-outside-schools = correct the school in the register, or the invoice’s line
gap-outside-kinds = this kind is not paid here
gap-todo-outside-kinds = correct the kind in the register, or the invoice’s line
gap-seen-elsewhere = seen in a school that is not one of the line’s
gap-todo-seen-elsewhere = bring it back, or correct its school in the register
gap-legacy = noted as older than the programme
gap-todo-legacy = correct the register if it was bought with this grant
gap-without-paper = seen in the school, unknown to the register: no invoice, no delivery
gap-todo-without-paper = enter them in the register with their invoice
gap-too-few = fewer things proved than the line pays
gap-todo-too-few = enter or find those that are missing
gap-no-invoice = no invoice bears the line’s code
gap-todo-no-invoice = note the invoices in the register, with their line
gap-invoices-outside = invoices outside the line’s year or the grant’s time
gap-todo-invoices-outside = check their date and their line
gap-not-done = nothing is noted as done
gap-todo-not-done = note what is done, with its date

sheet-gaps = Not proved yet
sheet-proof = Proof
sheet-lines = Lines
sheet-checks = Checks

check-title = Sums that must come out
check-what = Sum
check-expected = Expected
check-found = Found
check-verdict = Verdict
check-holds = exact
check-broken = differs
check-below-ceiling = eligible spending stays below the ceiling
check-awarded-by-rules = awarded = rate × eligible spending, down to the euro
check-whole-euros = the grant is in whole euros
check-called-at-most = called, at most what is awarded
check-paid-at-most = paid, at most what is called
check-parts-and-whole = grants + rest = spending
check-own-share = the town’s share = spending − grants
check-each-thing-once = each thing once
check-each-serial-once = each serial number once
check-rate-down = { $value } of the eligible spending, down to the euro
check-lines-sum = sum of the lines
check-rows = number of things

spares-title = Spares
spares-lead = { $n ->
    [0] There are spares enough.
    [one] For { $n } kind the spares are below their minimum.
   *[other] For { $n } kinds the spares are below their minimum.
}
spares-caption = Spares by kind
spares-spare = Spare
spares-minimum = Minimum
spares-ordered = Ordered
spares-to-order = To order
spares-repair = In repair
spares-in-service = In service
spares-set = Set a minimum
spares-save = Save the minimum

inventory-title = Inventory: { $what }
inventory-title-all = Inventory of the programme
inventory-file-name = inventory
inventory-lead = { $n ->
    [0] The register holds nothing here.
    [one] { $n } thing.
   *[other] { $n } things.
}
inventory-worth = Known price before tax: { $what }.
inventory-made = Made
inventory-empty = The register holds nothing here.
inventory-bought = Bought
inventory-state = State
inventory-proof = Latest proof
inventory-macs = MAC addresses
inventory-link = Inventory for the insurer
asset-state-ordered = ordered
asset-state-stock = in stock
asset-state-spare = spare
asset-state-in-service = in service
asset-state-repair = in repair
asset-state-lost = lost
asset-state-stolen = stolen
asset-state-retired = retired
asset-state-lent = lent

theft-title = Theft statement: { $what }
theft-link = Theft statement
theft-choose = Tick what was stolen: the statement to print bears labels, serial numbers, MAC addresses, when each was last seen, and invoices.
theft-lead = { $n ->
    [one] { $n } thing stolen.
   *[other] { $n } things stolen.
}
theft-choice = What the school owns
theft-make = Make the statement
theft-sign = Date, name and signature:
