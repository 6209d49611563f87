# Signing in through the town's own identity provider.
provider-sign-in = Sign in with { $what }
provider-or = or
provider-refused = Signing in did not succeed
provider-again = Try { $what } again
provider-state = The answer of { $what } is not for this browser, or it comes too late. Begin again.
provider-denied = { $what } does not let you in.
provider-failed = { $what } does not answer, or its answer is not safe. Try again in a few minutes; else tell an administrator, the log says why.
provider-nameless = Your provider does not say by which name to know you (“{ $what }”). Tell an administrator.
provider-unknown = There is no open account “{ $what }” here. Ask an administrator for it.
provider-other = The account “{ $what }” is another person’s at your provider. Tell an administrator.
provider-out = You are signed out here.
provider-way-out = Sign out of { $what } as well
