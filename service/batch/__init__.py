"""Files of listings in, a file of answers out: on all cores, in constant memory, going on after a kill.

inputs: which files, in which order -> desk: rows of one chunk, screened and written as bytes, in any process ->
journal: those bytes in parts beside the output, committed with where reading stands -> forms: parts to the file
asked for. run: all of it, in order. Chunks are answered alike by however many processes, so the bytes are the same.
"""
