# Notices: what one wants to hear, letters, links received by e-mail.
colon = { ": " }
notices = Notices
notices-text = You only hear of what you are allowed to see.
notice-matter = About
notice-matter-new = New faults
notice-matter-back = To be taken up again (repair contradicted, wait over)
notice-matter-mended = Closed faults
notice-matter-word = Follow-up (taken on, comments)
notice-choice-never = Nothing
notice-choice-at-once = What is urgent at once, the rest in the digest
notice-choice-digest = In the digest
notice-choice-weekly = Once a week
notice-urgent-text = Urgent: a critical fault, or a deadline that runs out within 24 hours.
notice-digest-text = { $n ->
    [24] The digest goes out each morning, when quiet hours end.
    [one] The digest goes out every hour, outside quiet hours.
   *[other] The digest goes out every { $n } hours, outside quiet hours.
}
notice-email = E-mail address
notice-email-hint = Empty: no e-mail.
notice-email-admin = Only an administrator changes this address: it opens the account.
notice-email-none = No address: you receive nothing. An administrator can set one.
notice-email-save = Save the address
notice-email-bad = This is no e-mail address: “{ $what }”, expected for example first.last@town.example
notice-email-done = The address is saved.
notice-quiet = Quiet hours
notice-quiet-town = the town’s ({ $what })
notice-quiet-none = none
notice-quiet-own = my own
notice-quiet-from = from
notice-quiet-until = to
notice-quiet-bad = Quiet hours are written 20:00 and 07:00, and are not equal.
notice-at-night = What is urgent comes in quiet hours as well
notice-zone = Time zone
notice-zone-bad = Unknown zone: “{ $what }”, expected for example Europe/Paris
notice-language = Language of e-mails
notice-save = Save my choices
notice-saved = Your choices are saved.
notice-off = No mail server is set on this collector: nothing goes out by e-mail.
notice-waiting = { $n ->
    [one] { $n } notice waits for its e-mail.
   *[other] { $n } notices wait for their e-mail.
}
notice-next = Not before:
deliveries = Last deliveries
delivery-sent = sent
delivery-open = waiting
delivery-again = failed, to be tried again
delivery-given-up = given up
delivery-attempts = { $n ->
    [one] { $n } attempt
   *[other] { $n } attempts
}
webhooks = Calls of programs (webhooks)
webhooks-text = For each notice, Rollcall sends a signed message to your ticketing tool.
webhook-url = Address
webhook-url-hint = https; the administrator first allows the host in collector.toml.
webhook-hosts = Allowed hosts:
webhook-none-allowed = No host is allowed: the administrator names that of your tool in collector.toml (notices.webhook_hosts).
webhook-make = Add the call
webhook-made = Call added
webhook-once = This is its secret; it is shown only once. It signs each message (header Rollcall-Signature, HMAC-SHA256).
webhook-drop = Remove
webhook-many = { $n ->
    [one] An account has { $n } call at most: remove it first.
   *[other] An account has { $n } calls at most: remove one first.
}
webhook-no-matter = Choose one subject at least.
webhook-no-url = This is no complete address: “{ $what }”, expected https://host/path
webhook-not-secret = The address “{ $what }” is not https.
webhook-not-named = The host of “{ $what }” is not allowed: the administrator names it in collector.toml (notices.webhook_hosts).
notice-mark-new = New fault
notice-mark-back = To be taken up again
notice-mark-mended = Fault closed
notice-mark-word = Follow-up
notice-subject-new = { $n ->
    [one] { $n } new fault
   *[other] { $n } new faults
}
notice-subject-unreachable = { $n ->
    [one] { $n } school out of reach
   *[other] { $n } schools out of reach
}
notice-subject-back = { $n ->
    [one] { $n } fault to be taken up again
   *[other] { $n } faults to be taken up again
}
notice-subject-mended = { $n ->
    [one] { $n } fault closed
   *[other] { $n } faults closed
}
notice-subject-word = { $n ->
    [one] { $n } follow-up
   *[other] { $n } follow-ups
}
notice-since = Since
notice-until = Deadline:
notice-beyond = { $n ->
    [one] And { $n } other fault.
   *[other] And { $n } other faults.
}
notice-all = All faults:
notice-all-link = All faults
notice-settings = Choose what you receive, or receive nothing more:
notice-settings-link = Choose what you receive, or receive nothing more
notice-by-label = Somebody on site
notice-said = { "" }: “{ $what }”
notice-deed-acknowledge = taken on
notice-deed-assign = given to a lot
notice-deed-start = work begun
notice-deed-suspend = put on hold
notice-deed-resume = wait over
notice-deed-claim = said to be mended
notice-deed-verify = repair verified
notice-deed-refuse = repair refused
notice-deed-mend = seen mended
notice-deed-dismiss = not a fault
notice-deed-accept = accepted as it is
notice-deed-reopen = reopened
notice-deed-confirm = report confirmed
notice-deed-comment = comment
notice-deed-report = report
notice-deed-join = another report
letter-sign-in-subject = Your link to open Rollcall
letter-sign-in-lead = Here is the link that was asked for the account “{ $what }”. It works once, for 30 minutes.
letter-password-subject = Choose a new password
letter-password-lead = Here is the link that was asked to choose a password of the account “{ $what }”. It works once, for 30 minutes.
letter-link-foot = If you did not ask for it, do nothing: the link ends by itself.
held-mail = E-mail address of an account, and notices sent to it
held-mail-why = To tell those who mend, to open a school’s account
held-mail-long = The address as long as the account exists; notices 30 days
letter-test-subject = Test of Rollcall
letter-test-text = If you read this, Rollcall can send e-mail.
link-ask-title = Receive a link
link-ask-text = School: the link goes to the school’s mailbox and opens its account. Other accounts: it lets you choose a new password.
link-ask-name = Code of the school, or login
link-ask-do = Receive a link
link-ask-offer = School, or password forgotten: receive a link
link-asked = Noted. If this name is known and has an address, a link arrives there within a few minutes. It works once, for 30 minutes.
link-off = This collector sends no e-mail: ask an administrator for a link.
link-open-title = Open the school’s account
link-open-text = This link works once.
link-open = Open
mail-title = E-mail
mail-off = No server is set: see [mail] in collector.toml.
mail-server = Server
mail-sender = Sender
mail-day = Since yesterday
mail-figures = { $n ->
    [one] { $n } delivery sent, { $of } waiting
   *[other] { $n } deliveries sent, { $of } waiting
}
mail-trouble = Failing deliveries
mail-test = Send a test e-mail
mail-test-to = To the address
mail-test-done = The server has taken the test e-mail for { $what }.
mail-test-failed = The test e-mail was not sent: { $what }
