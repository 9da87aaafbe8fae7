"""The HTTP API, `/api/v1/`: what an organisation's own program may ask, with a key, for one purpose.

The same permissions and selectors as the pages, so the same entries in the register, committed before
an answer leaves. Everything here is read: nothing can be changed through it. No cookie opens anything.

    key        who asks, and how often
    problems   every refusal as RFC 9457 says, with why and whom to ask
    answers    what stands in an answer
    narrowing  what narrows the register
    handlers   what can be asked
    urls       where; each address says who may open it
"""
