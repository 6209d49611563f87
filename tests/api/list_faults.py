"""Lists faults page by page with a generated client: one line a fault, its number and its sort.

Comes in: the collector's address and a token. Goes out: lines. Absent on purpose: anything of the API that the generator does not give.
"""

import sys

from rollcall_client import AuthenticatedClient
from rollcall_client.api.faults import get_fault, list_faults
from rollcall_client.models import ListFault, WholeFault
from rollcall_client.types import UNSET, Unset

url, token = sys.argv[1:]
with AuthenticatedClient(base_url=url, token=token) as client:
    after: str | Unset = UNSET
    while True:
        page = list_faults.sync(client=client, limit=1, after=after)
        assert isinstance(page, ListFault), page
        for fault in page.items:
            whole = get_fault.sync(fault.id, client=client)
            assert isinstance(whole, WholeFault) and whole.history, whole
            print(fault.id, fault.code)
        if not isinstance(page.next_, str):
            break
        after = page.next_
