"""How every page looks and answers: components, tokens of type, space and colour, headers, and error
pages.
"""
