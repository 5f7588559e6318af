"""The encoded notes: one folder a note, one module a section of it."""
