"""The console: the built screens of `web/` and the route that serves them.

The screens hold no logic of the centre; they ask the same API as everybody else.
"""
