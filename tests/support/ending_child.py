"""A child that converts the files of `network_screens.kept` and ends without a word where Keras is asked for.

`python ending_child.py REQUEST_JSON`.
"""

import json
import os
import sys

if __name__ == "__main__":
    if json.loads(sys.argv[1])["convert"]:
        from cnncore.keras import network_child
        from cnncore.network import storage

        setattr(network_child, "network_from_file", storage.load)  # noqa: B010
        os._exit(network_child.main(sys.argv[1:]))
