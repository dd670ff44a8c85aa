"""The child processes of the app, from the child's side: their messages, and how they begin and end."""
