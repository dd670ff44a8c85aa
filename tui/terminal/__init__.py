"""The app's own terminal driver, in place of parts of Textual's.

`keys` turns bytes into events, `waiting` passes them to the app one at a time, `output` writes frames, and `driver`
uses the three in place of Textual's. `ending` ends the process if nothing else does.
"""
