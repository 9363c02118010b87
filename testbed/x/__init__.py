"""An X to test against, in a thread.

with X() as x:
    address = x.post("ana", "I'm in! https://blog.example/contest #win @blog")
    x.fail(Answer(503), path="/2/", times=2)     # instead of the next two answers of the API
    Http(origins=x.origins)

It is written after X's documentation and recorded answers; what it says in the API is judged by X's own OpenAPI file.
"""

from testbed.standin import Answer
from testbed.x.server import HOSTS, X

__all__ = ["HOSTS", "Answer", "X"]
