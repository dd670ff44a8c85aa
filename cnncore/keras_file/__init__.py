"""`.keras` files, read and written without Keras: a zip of JSON texts and an HDF5 file, in which nothing can run.

`description` reads and checks the JSON; `chain` makes layers of it; `weights` reads and writes the HDF5 file (h5py, the
library that Keras uses itself); `file` puts them together.
"""
