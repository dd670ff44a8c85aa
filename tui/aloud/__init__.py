"""What a screen shows, in words: lines of plain text for a screen reader, and for whoever would rather read.

Functions of the same state that the screens draw; the first line is always the place at hand. A screen reader reads
the cells of a terminal, above all what is new and the line with the cursor; so every line is a whole sentence, no sign
stands for a word, and pictures and charts are told by their size, their ends and their mean.
"""
