"""Images to view and to train on: IDX files, Fashion-MNIST, drawn garments, pictures and matrices.

Importing this needs only numpy; Pillow is imported when a picture is opened, drawn or saved.
"""

from cnncore.datasets import fashion_mnist
from cnncore.datasets.dataset import Dataset, Progress
from cnncore.datasets.examples import EXAMPLES, Example, example
from cnncore.datasets.fashion_mnist import load_fashion
from cnncore.datasets.folders import load_binary
from cnncore.datasets.garments import CLASSES, draw_garment
from cnncore.datasets.idx import load_idx_pair, read_idx
from cnncore.datasets.matrices import load_matrix, open_image, parse_matrix
from cnncore.datasets.pictures import load_picture, save_picture

__all__ = [
    "CLASSES",
    "EXAMPLES",
    "Dataset",
    "Example",
    "Progress",
    "draw_garment",
    "example",
    "fashion_mnist",
    "load_binary",
    "load_fashion",
    "load_idx_pair",
    "load_matrix",
    "load_picture",
    "open_image",
    "parse_matrix",
    "read_idx",
    "save_picture",
]
