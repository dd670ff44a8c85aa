"""Child processes of the app, on the child's side: messages, start and exit."""
