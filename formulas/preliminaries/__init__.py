"""Linear algebra and calculus (chapter 2)."""
