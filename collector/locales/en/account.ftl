# Accounts: one's own, and others'.
account-title = My account
account-password = Change the password
account-old = Present password
account-new = New password
account-change = Change the password
account-old-wrong = This is not the present password.
account-password-done = The password is changed; other sessions are ended.
account-sessions = Open sessions
account-seen = Seen
account-begun = begun
account-this = this one
account-end-others = End the other sessions
account-sessions-ended = { $n ->
    [0] There was no other session.
    [one] One other session is ended.
   *[other] { $n } other sessions are ended.
}
tokens = Tokens for programs
tokens-text = A program shows a token instead of a password. It sees what you see, and nothing more.
token-made = Token made
token-once = It is shown once.
token-name = What for
token-days = Days until its end
token-reads = reads only
token-make = Make a token
token-until = until
token-used = used
token-unused = never used, made
token-over = over
token-drop = Remove
token-bad = Give a name, and 1 to { $n } days.
token-many = An account has { $n } tokens at most: remove one.
password-choose = Choose a password
account-may = Role and scope
account-actor = Works for
account-actor-long = at most { $n } characters: the code of the actor in the plan.
account-actor-hint = For a contractor: the plan's actor. Its lots, and the register's scopes, say what it sees.
account-schools = Schools
account-schools-hint = Empty: all. Else a school's code, or kind=elementaire, group=…, phase=2, trait=…, joined by &.
account-kinds = Kinds of devices (none ticked: all)
account-save = Save
account-sees = What this account sees
account-entry = Entry
account-enable = Let in again
account-disable = Refuse this account
account-own-role = You cannot take the administration from yourself.
account-own-state = This account is your own, or the last administrator: it stays open.
sees-all = Everything.
sees-nothing = Nothing: an actor or a school is missing.
sees-any-lot = Any lot
sees-any-kind = any kind
sees-schools = { $n ->
    [one] one school
   *[other] { $n } schools
}
link-text = A link lets somebody choose a password, once, within two days. Send it to the person by a safe way.
link-make = Make a link for the password
link-made = Link made
link-once = It is shown once and works once.
password-or-link = Leave empty to send a link.
