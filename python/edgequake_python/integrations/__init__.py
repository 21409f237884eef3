"""Those who watch calls: the base classes for a program's own, and the built-in ones."""
