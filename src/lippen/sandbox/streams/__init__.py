"""What reaches the partners' files: one module a stream, each from a world to rows and, apart from them,
truth.
"""
