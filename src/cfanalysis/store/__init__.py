"""What is kept in private, on the desk: a cache of what was read. It may hold children's records.

``folders`` makes, guards and mends the store's folders; ``cache`` keeps results by content; ``reading``
says how what was read is kept. Nothing from here goes to a page or a release file.
"""

from cfanalysis.store.cache import Cache, Entry
from cfanalysis.store.folders import keep_apart, private_folder, set_aside, write_private

__all__ = ["Cache", "Entry", "keep_apart", "private_folder", "set_aside", "write_private"]
