# Second factor: an app's code, asked for after the password.
second-title = Second factor
second-offer = After the password, a code from your phone: whoever learns one does not hold the other.
second-open = Second factor
second-text = After the password, signing in will ask for a code that your phone shows. Any app for codes will do (the TOTP standard).
second-scan = Scan this square with the app.
second-square = Square to scan with the app for codes
second-type = Or type this key into it:
second-first = Type the six digits that it shows.
second-code = Code
second-set-up = Put it in use
second-on = The second factor is in use. Write the recovery codes down before you leave this page.
second-off = The second factor is removed.
second-wrong = This is not the code, or it was used already. Wait for the next one, and check the phone’s clock.
second-since = In use since
second-left = { $n ->
    [0] No recovery code is left: make others.
    [one] One recovery code is left.
   *[other] { $n } recovery codes are left.
}
second-codes = Recovery codes
second-codes-once = They are shown only once; each works once, when the phone is missing. Keep them on paper.
second-codes-text = Codes made earlier will work no more.
second-codes-make = Make other recovery codes
second-end = Remove the second factor
second-must = Your role must have a second factor. An administrator can reset it if the phone is lost.
second-wanting = Your role must have a second factor: put it in use to go on.
second-ask = Code from your phone
second-ask-hint = Six digits from the app; or a recovery code.
second-other = Sign in another way
second-roles = Second factor
second-roles-text = Accounts with these roles must have one; without it they open only the page where it is put in use.
second-roles-save = Save
second-roles-done = Noted.
second-none = No second factor.
second-reset = Remove the second factor
second-reset-text = If the person has lost their phone. Make sure first that it is them.
