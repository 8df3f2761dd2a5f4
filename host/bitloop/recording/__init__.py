"""What a recording is made of: lines as they arrive, the file that keeps them, their pace, and the note beside it."""
