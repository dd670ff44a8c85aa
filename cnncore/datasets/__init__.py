"""Images to look at and to learn from: IDX files, Fashion-MNIST, drawn garments, pictures and matrices."""
