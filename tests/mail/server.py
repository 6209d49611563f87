"""A mail server for tests: aiosmtpd with STARTTLS and AUTH, on a free port of 127.0.0.1.

server.py CERTIFICATE KEY USER PASSWORD [PORT]

Says its port, then one line of JSON for each letter that it takes. Recipients tell it how to behave: refuse@ is refused for good, later@ for
now, cut@ has its first letter taken and the line broken off before the answer. Ends when its standard input does.
"""
import asyncio
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

seen = set()


class Mailbox:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refuse@"):
            return "550 5.1.1 no such mailbox"
        if address.startswith("later@"):
            return "451 4.3.0 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        parts = {part.get_content_type(): part.get_content() for part in message.walk() if not part.is_multipart()}
        line = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "user": (session.auth_data or b"").decode(),
            "tls": session.ssl is not None,
            "headers": [[name, str(value)] for name, value in message.items()],
            "text": parts.get("text/plain", ""),
            "html": parts.get("text/html", ""),
        }
        print(json.dumps(line), flush=True)
        first = message["Message-ID"] not in seen
        seen.add(message["Message-ID"])
        if first and any(address.startswith("cut@") for address in envelope.rcpt_tos):
            server.transport.abort()
        return "250 taken"


def main():
    certificate, key, user, password = sys.argv[1:5]
    port = int(sys.argv[5]) if len(sys.argv) > 5 else 0
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)

    def known(server, session, envelope, mechanism, data):
        good = data.login == user.encode() and data.password == password.encode()
        return AuthResult(success=good, handled=False, auth_data=data.login if good else None)

    def session():
        return SMTP(
            Mailbox(), hostname="localhost", tls_context=context, require_starttls=True, authenticator=known, auth_required=True
        )

    async def serve():
        loop = asyncio.get_running_loop()
        server = await loop.create_server(session, "127.0.0.1", port)
        print(server.sockets[0].getsockname()[1], flush=True)
        await loop.run_in_executor(None, sys.stdin.read)
        server.close()

    asyncio.run(serve())


main()
