"""A real SMTP server for the tests: every letter it says yes to becomes a line of JSON in a file.

mail_server.py PORT FILE listens on 127.0.0.1 (port 0 takes a free one) and prints the port once it does. SIGTERM stops it between two
steps of its loop, so a letter is in the file exactly where its sender was sent the yes. Recipients with "refused" in their address are
refused.
"""

import asyncio
import email
import email.policy
import json
import os
import signal
import sys

from aiosmtpd.smtp import SMTP


class Handler:
    def __init__(self, file):
        self.file = file

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if "refused" in address:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        # Slow enough for several letters to be on their way at once.
        await asyncio.sleep(0.01)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        plain, html = message.get_body(("plain",)), message.get_body(("html",))
        letter = {
            "from": envelope.mail_from,
            "sender": str(message["From"]),
            "reply_to": str(message["Reply-To"] or ""),
            "pictures": [part["Content-ID"] for part in message.walk() if part.get_content_maintype() == "image"],
            "recipients": envelope.rcpt_tos,
            "headers": sorted(name.lower() for name in message.keys()),
            "message_id": str(message["Message-ID"]),
            "to": str(message["To"]),
            "subject": str(message["Subject"]),
            "plain": plain.get_content(),
            "html": html.get_content(),
        }
        # Nothing waits between here and the answer.
        self.file.write(json.dumps(letter) + "\n")
        self.file.flush()
        return "250 taken"


async def main(port, path):
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, os._exit, 0)
    with open(path, "a", encoding="utf-8") as file:
        handler = Handler(file)
        server = await loop.create_server(lambda: SMTP(handler, loop=loop), "127.0.0.1", port)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
