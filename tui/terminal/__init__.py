"""The terminal as the app has it, where Textual's own driver gives way. What is known of Textual's private parts for
that stands here and in `tui.terminal.closing`.

`keys` makes events of bytes, `waiting` hands them to the app one at a time, `answers` says what each is still to bring,
`output` writes what is drawn, and `driver` puts them in the place of Textual's. `ending` is the end of the process when
nothing else ends it.
"""
