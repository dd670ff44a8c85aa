"""The app's own terminal driver, in place of parts of Textual's.

`keys` turns bytes into events, `waiting` passes them to the app one at a time, `answers` says what each event has yet
to bring, `output` writes frames, and `driver` uses them in place of Textual's. `ending` ends the process if nothing
else does.
"""
