# Places: what becomes of them, and why a device stands there.
outcome-legacy = legacy, counts until replaced
outcome-legacy-gone = legacy, no longer there
outcome-seen-elsewhere = seen at another school
outcome-to-reassign = to be reassigned
outcome-closed = place no longer exists
reason-chosen = put there by a person
